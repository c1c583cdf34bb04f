# SPDX-License-Identifier: Apache-2.0
# One warning set and one sanitizer set for everything we write.

add_library(signalbox_warnings INTERFACE)
target_compile_options(
  signalbox_warnings INTERFACE -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor
                               -Woverloaded-virtual -Wno-missing-field-initializers)
# The packages' own targets mark their headers as system headers; fences confuse tsan's warning.
# At -O2, g++ 12 takes every alternative of a moved variant for one that may be read uninitialised.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(signalbox_warnings INTERFACE -Wno-tsan -Wno-maybe-uninitialized)
endif()

set(SIGNALBOX_SANITIZE "" CACHE STRING "address (with undefined), thread, or empty")
if(SIGNALBOX_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null,alignment,vptr
                      -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(SIGNALBOX_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()
