# SPDX-License-Identifier: Apache-2.0
# Puts the fonts and the one image of the style sheet into the console, so that it looks the same
# wherever it runs.

file(GLOB SIGNALBOX_FONTS CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/resources/fonts/*.otf"
     "${CMAKE_SOURCE_DIR}/resources/fonts/*.ttf")
qt_add_resources(sb_console_theme signalbox_fonts PREFIX "/fonts"
                 BASE "${CMAKE_SOURCE_DIR}/resources/fonts" FILES ${SIGNALBOX_FONTS})

set(SIGNALBOX_IMAGES "${CMAKE_SOURCE_DIR}/resources/images/down.png"
                     "${CMAKE_SOURCE_DIR}/resources/images/down@2x.png")
qt_add_resources(sb_console_theme signalbox_images PREFIX "/images"
                 BASE "${CMAKE_SOURCE_DIR}/resources/images" FILES ${SIGNALBOX_IMAGES})
