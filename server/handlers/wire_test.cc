// The schema that the server parses with is the published one but for string → bytes.
#include <map>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "lathe/v1/classifier.pb.h"
#include "server/handlers/wire.pb.h"

namespace lathe {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// What decides how each field travels and is read, by field number. Messages of the twin's own package count as the
// published ones of the same name.
std::map<int, std::string> Fields(const Descriptor& message) {
  std::map<int, std::string> fields;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const bool text = field.type() == FieldDescriptor::TYPE_STRING || field.type() == FieldDescriptor::TYPE_BYTES;
    fields[field.number()] = field.name() + " " + (text ? "text" : field.type_name()) +
                             (field.is_repeated() ? " repeated" : "") + (field.has_presence() ? " presence" : "") +
                             (field.message_type() != nullptr ? " " + field.message_type()->name() : "");
  }
  return fields;
}

TEST(WireTest, TheTwinIsIdenticalOnTheWire) {
  EXPECT_EQ(Fields(*wire::ClassifyRequest::descriptor()), Fields(*v1::ClassifyRequest::descriptor()));
  EXPECT_EQ(Fields(*wire::Input::descriptor()), Fields(*v1::Input::descriptor()));
}

TEST(WireTest, TheTwinHasNoStrings) {
  for (const Descriptor* message : {wire::ClassifyRequest::descriptor(), wire::Input::descriptor()}) {
    for (int i = 0; i < message->field_count(); ++i) {
      EXPECT_NE(message->field(i)->type(), FieldDescriptor::TYPE_STRING) << message->field(i)->full_name();
    }
  }
}

TEST(WireTest, BytesComeThrough) {
  v1::ClassifyRequest published;
  published.set_model("m");
  published.add_inputs()->set_text("a text");
  published.add_inputs()->set_pair("");
  published.mutable_options()->set_top_k(3);
  wire::ClassifyRequest twin;
  ASSERT_TRUE(twin.ParseFromString(published.SerializeAsString()));
  EXPECT_EQ(twin.inputs(0).text(), "a text");
  EXPECT_FALSE(twin.inputs(0).has_pair());
  EXPECT_TRUE(twin.inputs(1).has_pair());
  EXPECT_EQ(twin.options().top_k(), 3);
}

}  // namespace
}  // namespace lathe
