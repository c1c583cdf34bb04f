# SPDX-License-Identifier: Apache-2.0
# Puts the fonts into the console, so that it looks the same wherever it runs.

file(GLOB SIGNALBOX_FONTS CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/resources/fonts/*.otf"
     "${CMAKE_SOURCE_DIR}/resources/fonts/*.ttf")
qt_add_resources(sb_console_theme signalbox_fonts PREFIX "/fonts"
                 BASE "${CMAKE_SOURCE_DIR}/resources/fonts" FILES ${SIGNALBOX_FONTS})
