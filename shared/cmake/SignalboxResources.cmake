# SPDX-License-Identifier: Apache-2.0
# Puts the shipped engine profiles into the agent, so that a program without its files still knows
# every engine. The YAML files stay the only source.

file(GLOB SIGNALBOX_PROFILES CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/resources/engines/*.yaml")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${SIGNALBOX_PROFILES})

set(SIGNALBOX_PROFILE_ENTRIES "")
foreach(profile IN LISTS SIGNALBOX_PROFILES)
  get_filename_component(name "${profile}" NAME_WE)
  file(READ "${profile}" text)
  string(APPEND SIGNALBOX_PROFILE_ENTRIES "    {\"${name}\", R\"profile(${text})profile\"},\n")
endforeach()
configure_file("${CMAKE_SOURCE_DIR}/shared/cmake/shipped_profiles.cpp.in"
               "${CMAKE_BINARY_DIR}/generated/resources/shipped_profiles.cpp" @ONLY)
target_sources(sb_agent_engine PRIVATE
               "${CMAKE_BINARY_DIR}/generated/resources/shipped_profiles.cpp")
