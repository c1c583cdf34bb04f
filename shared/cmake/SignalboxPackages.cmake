# SPDX-License-Identifier: Apache-2.0
# What Debian 12 gives us, and the heavy header libraries compiled once.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(simdjson REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
if(SIGNALBOX_TESTS)
  find_package(GTest REQUIRED)
endif()
find_package(Boost 1.81 REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets Charts WebSockets)
if(SIGNALBOX_TESTS)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
endif()

# How we write Qt: its keywords belong to C++, and bytes become text only where somebody says how.
add_library(signalbox_qt INTERFACE)
target_compile_definitions(
  signalbox_qt INTERFACE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII
                         QT_NO_NARROWING_CONVERSIONS_IN_CONNECT)

# Asio and Beast are compiled here and nowhere else; rooms include their headers only in .cpp files.
add_library(signalbox_asio STATIC "${CMAKE_SOURCE_DIR}/shared/cmake/asio.cpp")
target_compile_definitions(signalbox_asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION
                                                 BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(signalbox_asio PUBLIC Boost::headers Threads::Threads)
add_library(signalbox_beast STATIC "${CMAKE_SOURCE_DIR}/shared/cmake/beast.cpp")
target_compile_definitions(signalbox_beast PUBLIC BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(signalbox_beast PUBLIC signalbox_asio)
