// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/main_window.h"
#include "console/app/options.h"
#include "console/app/settings.h"
#include "console/theme/apply_theme.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"

#include <QApplication>

#include <cstdio>

namespace {

using namespace signalbox;

int run(int argumentCount, char** arguments)
{
    const app::ParsedOptions parsed = app::parseOptions(argumentCount, arguments);
    if (!parsed.options) {
        std::fputs(parsed.words.c_str(), parsed.exitCode == 0 ? stdout : stderr);
        return parsed.exitCode;
    }
    QApplication application(argumentCount, arguments);
    QApplication::setApplicationName(QStringLiteral("Signalbox"));
    app::Settings settings(app::Settings::defaultPath());
    theme::applyTheme(application, parsed.options->scheme.value_or(settings.scheme()));
    app::MainWindow window(base::systemClock(), settings, *parsed.options);
    if (parsed.options->link.addresses.empty())
        window.showConnectPage();
    else
        (void)window.connectTo(parsed.options->link,
                               QString::fromStdString(parsed.options->label)); // shown there
    window.show();
    return QApplication::exec();
}

} // namespace

int main(int argumentCount, char** arguments)
{
    try {
        return run(argumentCount, arguments);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "signalbox: %s\n", failure.what());
        return 1;
    }
}
