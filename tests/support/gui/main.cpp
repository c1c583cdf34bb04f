// SPDX-License-Identifier: Apache-2.0
// The door of every test program with widgets or painters: one QApplication, off screen, dressed as
// the console is, so that what is painted is the same on every machine.
#include "console/theme/apply_theme.h"

#include <QApplication>
#include <gtest/gtest.h>

int main(int argc, char** argv)
{
    testing::InitGoogleTest(&argc, argv);
    qunsetenv("QT_SCALE_FACTOR");
    qunsetenv("QT_FONT_DPI");
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    signalbox::theme::applyTheme(application, signalbox::theme::Scheme::Dark);
    return RUN_ALL_TESTS();
}
