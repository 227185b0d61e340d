// Fails when the schema stops being compatible with what was published: classifier.published.textproto is the
// descriptor as clients have it. `--update` rewrites that file from the schema at hand.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "lathe/v1/classifier.pb.h"

namespace lathe {
namespace {

namespace pb = google::protobuf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kPublished[] = LATHE_SOURCE_DIR "/proto/lathe/v1/classifier.published.textproto";

pb::FileDescriptorProto Current() {
  pb::FileDescriptorProto file;
  v1::ClassifyRequest::descriptor()->file()->CopyTo(&file);
  return file;
}

pb::FileDescriptorProto Published() {
  std::ifstream in(kPublished);
  std::stringstream text;
  text << in.rdbuf();
  pb::FileDescriptorProto file;
  EXPECT_TRUE(pb::TextFormat::ParseFromString(text.str(), &file)) << kPublished;
  return file;
}

template <typename Repeated>
auto* FindByName(const Repeated& items, const std::string& name) {
  for (const auto& item : items) {
    if (item.name() == name) return &item;
  }
  return static_cast<decltype(&*items.begin())>(nullptr);
}

std::string Describe(const pb::FieldDescriptorProto& field) {
  return pb::FieldDescriptorProto::Label_Name(field.label()) + " " + pb::FieldDescriptorProto::Type_Name(field.type()) +
         " " + field.type_name() + " = " + std::to_string(field.number()) +
         (field.proto3_optional() ? " optional" : "");
}

void CompareFields(const pb::DescriptorProto& before, const pb::DescriptorProto& now,
                   std::vector<std::string>& breaks) {
  for (const pb::FieldDescriptorProto& field : before.field()) {
    const std::string where = before.name() + "." + field.name();
    const pb::FieldDescriptorProto* same = FindByName(now.field(), field.name());
    if (same == nullptr) {
      breaks.push_back(where + ": removed");
    } else if (Describe(*same) != Describe(field)) {
      breaks.push_back(where + ": got " + Describe(*same) + ", published " + Describe(field));
    }
  }
}

void CompareMessages(const pb::FileDescriptorProto& before, const pb::FileDescriptorProto& now,
                     std::vector<std::string>& breaks) {
  for (const pb::DescriptorProto& message : before.message_type()) {
    const pb::DescriptorProto* same = FindByName(now.message_type(), message.name());
    if (same == nullptr) {
      breaks.push_back(message.name() + ": removed");
    } else {
      CompareFields(message, *same, breaks);
    }
  }
}

void CompareEnums(const pb::FileDescriptorProto& before, const pb::FileDescriptorProto& now,
                  std::vector<std::string>& breaks) {
  for (const pb::EnumDescriptorProto& type : before.enum_type()) {
    const pb::EnumDescriptorProto* same_type = FindByName(now.enum_type(), type.name());
    for (const pb::EnumValueDescriptorProto& value : type.value()) {
      const auto* same = same_type == nullptr ? nullptr : FindByName(same_type->value(), value.name());
      if (same == nullptr || same->number() != value.number())
        breaks.push_back(value.name() + ": removed or renumbered");
    }
  }
}

void CompareMethods(const pb::FileDescriptorProto& before, const pb::FileDescriptorProto& now,
                    std::vector<std::string>& breaks) {
  for (const pb::ServiceDescriptorProto& service : before.service()) {
    const pb::ServiceDescriptorProto* same_service = FindByName(now.service(), service.name());
    for (const pb::MethodDescriptorProto& method : service.method()) {
      const auto* same = same_service == nullptr ? nullptr : FindByName(same_service->method(), method.name());
      if (same == nullptr || same->SerializeAsString() != method.SerializeAsString()) {
        breaks.push_back(service.name() + "." + method.name() + ": removed or changed");
      }
    }
  }
}

// What clients built against `before` would trip over in `now`, one line each.
std::vector<std::string> Breaks(const pb::FileDescriptorProto& before, const pb::FileDescriptorProto& now) {
  std::vector<std::string> breaks;
  if (before.package() != now.package()) breaks.push_back("package: got " + now.package());
  CompareMessages(before, now, breaks);
  CompareEnums(before, now, breaks);
  CompareMethods(before, now, breaks);
  return breaks;
}

TEST(ClassifierCompatibilityTest, NothingPublishedIsBroken) { EXPECT_THAT(Breaks(Published(), Current()), IsEmpty()); }

TEST(ClassifierCompatibilityTest, EverythingNewIsPublished) {
  EXPECT_THAT(Breaks(Current(), Published()), IsEmpty()) << "run this test with --update and review the diff";
}

TEST(ClassifierCompatibilityTest, NoticesARemovedField) {
  pb::FileDescriptorProto now = Current();
  now.mutable_message_type(0)->mutable_field()->DeleteSubrange(0, 1);
  EXPECT_THAT(Breaks(Current(), now), ElementsAre("ClassifyRequest.model: removed"));
}

TEST(ClassifierCompatibilityTest, NoticesARenumberedField) {
  pb::FileDescriptorProto now = Current();
  now.mutable_message_type(0)->mutable_field(1)->set_number(9);
  EXPECT_THAT(Breaks(Current(), now), ElementsAre(HasSubstr("= 9")));
}

TEST(ClassifierCompatibilityTest, NoticesARetypedField) {
  pb::FileDescriptorProto now = Current();
  now.mutable_message_type(0)->mutable_field(1)->set_type(pb::FieldDescriptorProto::TYPE_INT32);
  EXPECT_THAT(Breaks(Current(), now), ElementsAre(HasSubstr("TYPE_INT32")));
}

TEST(ClassifierCompatibilityTest, NoticesARenumberedEnumValueAndARemovedMethod) {
  pb::FileDescriptorProto now = Current();
  now.mutable_enum_type(0)->mutable_value(1)->set_number(7);
  now.mutable_service(0)->clear_method();
  EXPECT_THAT(Breaks(Current(), now), ElementsAre(HasSubstr("TRUNCATION_RIGHT"), HasSubstr("Classifier.Classify")));
}

TEST(ClassifierCompatibilityTest, AcceptsANewField) {
  pb::FileDescriptorProto now = Current();
  pb::FieldDescriptorProto* field = now.mutable_message_type(0)->add_field();
  field->set_name("new_field");
  field->set_number(100);
  EXPECT_THAT(Breaks(Current(), now), IsEmpty());
}

int Update() {
  std::string text;
  pb::TextFormat::PrintToString(Current(), &text);
  std::ofstream(kPublished) << text;
  std::cout << "wrote " << kPublished << "\n";
  return 0;
}

}  // namespace
}  // namespace lathe

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc == 2 && std::string(argv[1]) == "--update") return lathe::Update();
  return RUN_ALL_TESTS();
}
