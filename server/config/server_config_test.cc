#include "server/config/server_config.h"

#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/config/version.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class ServerConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    file_ = testing::TempDir() + "server_config_test." + info->name() + ".yaml";
  }
  void TearDown() override { std::remove(file_.c_str()); }

  void WriteFile(const std::string& text) { std::ofstream(file_) << text; }

  absl::StatusOr<Invocation> Parse(const std::vector<std::string>& arguments) {
    const Environment environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment_.find(name);
      return found == environment_.end() ? std::nullopt : std::optional<std::string>(found->second);
    };
    return ParseInvocation(arguments, environment);
  }

  std::string file_;
  std::map<std::string, std::string> environment_;
};

TEST_F(ServerConfigTest, AnEmptyFileGivesTheDefaults) {
  WriteFile("");
  ASSERT_OK_AND_ASSIGN(const Invocation invocation, Parse({"--config=" + file_}));
  EXPECT_EQ(invocation.action, Invocation::Action::kServe);
  EXPECT_EQ(invocation.config_file, file_);
  EXPECT_EQ(invocation.config.grpc.address, "127.0.0.1:50051");
  EXPECT_EQ(invocation.config.http.address, "127.0.0.1:8080");
  EXPECT_EQ(invocation.config.models.folder, testing::TempDir() + "models");
  EXPECT_EQ(invocation.config.log.format, LogFormat::kJson);
}

TEST_F(ServerConfigTest, AFlagOverridesTheEnvironmentWhichOverridesTheFile) {
  WriteFile("threads: 1\ndrain: {seconds: 1}\ngrpc: {address: 'localhost:1'}\nlog: {level: debug}\n");
  environment_ = {{"LATHE_CONFIG", file_}, {"LATHE_DRAIN_SECONDS", "2"}, {"LATHE_GRPC_ADDRESS", "localhost:2"}};
  ASSERT_OK_AND_ASSIGN(const Invocation invocation, Parse({"--grpc-address=localhost:3", "--log-format", "text"}));
  EXPECT_EQ(invocation.config.threads, 1);
  EXPECT_EQ(invocation.config.drain.seconds, 2);
  EXPECT_EQ(invocation.config.grpc.address, "localhost:3");
  EXPECT_EQ(invocation.config.log.level, LogLevel::kDebug);
  EXPECT_EQ(invocation.config.log.format, LogFormat::kText);
}

TEST_F(ServerConfigTest, AFolderFromTheCommandLineIsNotRelativeToTheFile) {
  WriteFile("models: {folder: elsewhere}\n");
  ASSERT_OK_AND_ASSIGN(const Invocation from_file, Parse({"--config", file_}));
  EXPECT_EQ(from_file.config.models.folder, testing::TempDir() + "elsewhere");
  ASSERT_OK_AND_ASSIGN(const Invocation from_flag, Parse({"--config", file_, "--models-folder=here"}));
  EXPECT_EQ(from_flag.config.models.folder, "here");
}

TEST_F(ServerConfigTest, BooleansStandAloneOrTakeAValue) {
  WriteFile("");
  ASSERT_OK_AND_ASSIGN(Invocation off, Parse({"--config", file_, "--grpc-reflection=false"}));
  EXPECT_FALSE(off.config.grpc.reflection);
  ASSERT_OK_AND_ASSIGN(Invocation last, Parse({"--config", file_, "--grpc-reflection=false", "--grpc-reflection"}));
  EXPECT_TRUE(last.config.grpc.reflection) << "the last one counts";
}

TEST_F(ServerConfigTest, KnowsWhatItIsAskedToDo) {
  WriteFile("");
  const auto action = [this](const std::vector<std::string>& arguments) { return Parse(arguments)->action; };
  EXPECT_EQ(action({"--help"}), Invocation::Action::kHelp);
  EXPECT_EQ(action({"--version"}), Invocation::Action::kVersion);
  EXPECT_EQ(action({"--check-config", "--config", file_}), Invocation::Action::kCheckConfig);
}

TEST_F(ServerConfigTest, RefusesBadCommandLines) {
  WriteFile("");
  const auto refuses = [this](const std::vector<std::string>& arguments, const std::string& message) {
    EXPECT_THAT(Parse(arguments), StatusIs(absl::StatusCode::kInvalidArgument, message));
  };
  refuses({}, "no configuration: wanted --config=FILE or LATHE_CONFIG; see --help");
  refuses({"--grpc-adress=x:1"}, "--grpc-adress: unknown flag; did you mean --grpc-address?");
  refuses({"--nonsense"}, "--nonsense: unknown flag; see --help");
  refuses({"-h"}, "\"-h\": wanted a flag; see --help");
  refuses({"file.yaml"}, "\"file.yaml\": wanted a flag; see --help");
  refuses({"--threads"}, "--threads: no value; wanted an integer from 0 to 1024");
  refuses({"--threads=many"}, "--threads: got \"many\", wanted an integer from 0 to 1024");
  refuses({"--config="}, "--config: got \"\", wanted a path");
  environment_["LATHE_THREADS"] = "-1";
  refuses({"--config", file_}, "LATHE_THREADS: got \"-1\", wanted an integer from 0 to 1024");
}

// Kubernetes sets such variables in every container of a namespace that has a Service named lathe or lathe-grpc.
TEST_F(ServerConfigTest, LeavesTheVariablesOfKubernetesAlone) {
  WriteFile("");
  environment_ = {{"LATHE_SERVICE_HOST", "10.0.0.1"}, {"LATHE_PORT", "tcp://10.0.0.1:80"}, {"LATHE_GRPC_PORT", "tcp"}};
  EXPECT_OK(Parse({"--config", file_}));
}

TEST_F(ServerConfigTest, SaysWhatIsWrongWithTheFile) {
  EXPECT_THAT(Parse({"--config=no/such/file.yaml"}),
              StatusIs(absl::StatusCode::kNotFound, "no/such/file.yaml: No such file or directory"));
  WriteFile("grpc:\n  adress: localhost:1\n");
  EXPECT_THAT(Parse({"--config", file_}), StatusIs(absl::StatusCode::kInvalidArgument,
                                                   file_ + ":2: grpc.adress: unknown key; did you mean address?"));
}

TEST(ServerSettingsTest, KeysFlagsAndVariablesAreUnique) {
  ServerConfig config;
  std::set<std::string> names;
  for (const Setting& setting : ServerSettings(config)) {
    for (const std::string& name : {setting.key, FlagName(setting.key), EnvironmentName(setting.key)}) {
      EXPECT_TRUE(names.insert(name).second || name == setting.key) << name;
    }
  }
}

TEST(ServerSettingsTest, EveryDefaultIsAllowed) {
  ServerConfig config;
  for (const Setting& setting : ServerSettings(config)) {
    EXPECT_TRUE(setting.value.set(setting.value.get())) << setting.key;
  }
}

TEST(ServerHelpTest, ShowsEverySetting) {
  ServerConfig config;
  const std::string help = ServerHelp();
  for (const Setting& setting : ServerSettings(config)) {
    EXPECT_THAT(help, HasSubstr(FlagName(setting.key)));
    EXPECT_THAT(help, HasSubstr(EnvironmentName(setting.key)));
    EXPECT_THAT(help, HasSubstr(setting.help));
  }
  EXPECT_THAT(help, HasSubstr("--check-config"));
}

TEST(VersionTest, IsThreeNumbers) { EXPECT_THAT(std::string(Version()), MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+")); }

}  // namespace
}  // namespace lathe
