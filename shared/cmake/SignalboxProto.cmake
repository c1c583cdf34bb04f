# SPDX-License-Identifier: Apache-2.0
# Generates messages and gRPC services from proto/ into the build tree; links as the room "proto".

file(GLOB_RECURSE SIGNALBOX_PROTOS CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/proto/*.proto")
set(generated "${CMAKE_BINARY_DIR}/generated")
file(MAKE_DIRECTORY "${generated}")
get_target_property(grpc_plugin gRPC::grpc_cpp_plugin LOCATION)

foreach(proto IN LISTS SIGNALBOX_PROTOS)
  file(RELATIVE_PATH relative "${CMAKE_SOURCE_DIR}" "${proto}")
  string(REGEX REPLACE "\\.proto$" "" stem "${relative}")
  set(outputs "${generated}/${stem}.pb.cc" "${generated}/${stem}.pb.h")
  set(grpc_arguments "")
  file(STRINGS "${proto}" services REGEX "^service ")
  if(services)
    list(APPEND outputs "${generated}/${stem}.grpc.pb.cc" "${generated}/${stem}.grpc.pb.h")
    set(grpc_arguments "--grpc_out=${generated}" "--plugin=protoc-gen-grpc=${grpc_plugin}")
  endif()
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND protobuf::protoc "--cpp_out=${generated}" ${grpc_arguments} -I "${CMAKE_SOURCE_DIR}"
            "${proto}"
    DEPENDS "${proto}" ${SIGNALBOX_PROTOS}
    VERBATIM)
  list(APPEND generated_sources ${outputs})
endforeach()

add_library(sb_proto STATIC ${generated_sources})
target_include_directories(sb_proto SYSTEM PUBLIC "${generated}")
target_link_libraries(sb_proto PUBLIC protobuf::libprotobuf gRPC::grpc++)
target_compile_options(sb_proto PRIVATE -w)
