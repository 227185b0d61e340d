# Helpers that every folder's CMakeLists.txt uses: lathe_library, lathe_binary, lathe_test, lathe_bench, lathe_fuzz.
#
# A target belongs to the layer named by the first folder of its path. It can include headers of its own layer and of the
# layers below it, and nothing else: each layer has an include root that holds links to just those folders, so an include
# that points the wrong way does not compile.

find_package(Threads REQUIRED)

# layer -> the folders its sources may include.
set(LATHE_LAYER_kernels kernels)
set(LATHE_LAYER_engine engine kernels)
set(LATHE_LAYER_proto proto)
set(LATHE_LAYER_server server engine kernels)
set(LATHE_LAYER_cli cli server engine kernels)
set(LATHE_LAYER_tests tests cli server engine kernels)
foreach(layer kernels engine proto server cli tests)
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/layers/${layer}")
  foreach(folder ${LATHE_LAYER_${layer}})
    file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}" "${PROJECT_BINARY_DIR}/layers/${layer}/${folder}" SYMBOLIC)
  endforeach()
endforeach()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

function(_lathe_configure target)
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  string(REGEX REPLACE "/.*" "" layer "${folder}")
  target_include_directories(${target} PRIVATE "${PROJECT_BINARY_DIR}/layers/${layer}")
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-unused-parameter
    # g++ 12 sees uninitialised reads inside std::string and std::optional where there are none (GCC bug 105562).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
    $<$<BOOL:${LATHE_WERROR}>:-Werror>)
  if(LATHE_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${LATHE_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${LATHE_SANITIZE})
  endif()
endfunction()

# lathe_library(NAME SRCS ... [DEPS public...] [PRIVATE_DEPS ...]): a static library with the alias lathe::NAME.
function(lathe_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target lathe_${name})
  if(ARG_SRCS)
    add_library(${target} STATIC ${ARG_SRCS})
    _lathe_configure(${target})
    target_link_libraries(${target} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${ARG_DEPS})
  endif()
  add_library(lathe::${name} ALIAS ${target})
endfunction()

# lathe_binary(NAME SRCS ... DEPS ...): a program in bin/.
function(lathe_binary name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  _lathe_configure(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
endfunction()

# lathe_test(NAME SRCS ... DEPS ... [LABELS ...] [TIMEOUT seconds] [ENVIRONMENT A=b ...]): a GoogleTest program, one ctest
# entry. Tests find committed files through the macro LATHE_SOURCE_DIR. Labels that tools/test knows: `transport`, crosses
# gRPC, which is not instrumented, so it is left out under tsan; `long`, minutes, so only tools/test --all runs it.
function(lathe_test name)
  if(NOT LATHE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "TIMEOUT" "SRCS;DEPS;LABELS;ENVIRONMENT" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_SRCS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  _lathe_configure(${name})
  target_compile_definitions(${name} PRIVATE LATHE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" LATHE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}" ENVIRONMENT "${ARG_ENVIRONMENT}")
endfunction()

# lathe_bench(NAME SRCS ... DEPS ...): a Google Benchmark program in bench/ of the build folder.
function(lathe_bench name)
  if(NOT LATHE_BENCH)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  find_package(benchmark REQUIRED)
  add_executable(${name} ${ARG_SRCS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  _lathe_configure(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} benchmark::benchmark_main)
endfunction()

# lathe_fuzz(NAME SRCS ... DEPS ... CORPUS dir): with LATHE_FUZZ a libFuzzer program in fuzz/ and a test that runs it for
# LATHE_FUZZ_SECONDS, keeping new inputs in fuzz/NAME.corpus of the build folder; otherwise a test that feeds every file of
# the corpus to the same entry point, so the corpus is checked by every build.
function(lathe_fuzz name)
  if(NOT LATHE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "CORPUS" "SRCS;DEPS" ${ARGN})
  if(LATHE_FUZZ)
    add_executable(${name} ${ARG_SRCS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
    set(found "${PROJECT_BINARY_DIR}/fuzz/${name}.corpus")
    file(MAKE_DIRECTORY "${found}")
    add_test(NAME ${name} WORKING_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz"
      COMMAND ${name} -max_total_time=${LATHE_FUZZ_SECONDS} -print_final_stats=1 -artifact_prefix=${name}. "${found}" "${ARG_CORPUS}")
    math(EXPR timeout "${LATHE_FUZZ_SECONDS} + 120")
    set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout} LABELS fuzz)
  else()
    add_executable(${name} ${ARG_SRCS} "${PROJECT_SOURCE_DIR}/cmake/replay_corpus.cc")
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
    add_test(NAME ${name} COMMAND ${name} "${ARG_CORPUS}")
    set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
  endif()
  _lathe_configure(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
endfunction()
