// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/options.h"

#include "shared/client/surroundings.h"

#include <CLI/CLI.hpp>

#include <sstream>

namespace signalbox::app {

namespace {

constexpr const char* kFooter = R"(Without --connect, a page asks which fleet.
Environment: SIGNALBOX_FLEET (addresses), SIGNALBOX_OPERATOR (your name in the audit).
Examples:
  signalbox --connect grpc://127.0.0.1:8801
  signalbox --connect ws://127.0.0.1:8802/tunnel --theme light)";

std::optional<theme::Scheme> schemeFromName(const std::string& name)
{
    if (name == "light")
        return theme::Scheme::Light;
    if (name == "dark")
        return theme::Scheme::Dark;
    if (name == "contrast")
        return theme::Scheme::HighContrast;
    return std::nullopt;
}

// Certificates are all there or none is.
base::Status readSecurity(const rpc::TlsFiles& files, bool isInsecure, rpc::Security& security)
{
    if (isInsecure)
        security.trust = rpc::Trust::Anyone;
    if (files.authority.empty() && files.certificate.empty() && files.key.empty())
        return {};
    SB_TRY(security.identity, rpc::readTlsFiles(files));
    security.trust = rpc::Trust::Certificate;
    return {};
}

} // namespace

ParsedOptions parseOptions(int argumentCount, const char* const* arguments)
{
    ConsoleOptions options;
    options.link.operatorName = client::operatorName();
    std::string addresses = client::environment("SIGNALBOX_FLEET");
    std::string scheme;
    rpc::TlsFiles tls;
    bool isInsecure = false;
    CLI::App app("signalbox: the control room of a fleet", "signalbox");
    app.footer(kFooter);
    app.set_version_flag("--version", SIGNALBOX_VERSION);
    app.add_option("--connect", addresses,
                   "agents to ask, the first that answers: ADDRESS[,ADDRESS]");
    app.add_option("--operator", options.link.operatorName, "your name in the audit");
    app.add_option("--label", options.label, "a word in the title, like PROD");
    app.add_option("--theme", scheme, "dark, light or contrast; default: as last time")
        ->check(CLI::IsMember({"dark", "light", "contrast"}));
    app.add_option("--authority", tls.authority, "certificates of those to believe (PEM)");
    app.add_option("--certificate", tls.certificate, "your certificate (PEM)");
    app.add_option("--key", tls.key, "its private key (PEM)");
    app.add_flag("--insecure", isInsecure, "accept other machines without TLS");
    app.add_option("link", options.deepLink, "signalbox://FLEET/SCREEN[/OBJECT] to open");
    try {
        app.parse(argumentCount, arguments);
    } catch (const CLI::ParseError& error) {
        std::ostringstream words;
        const int code = app.exit(error, words, words);
        return {std::nullopt, code == 0 ? 0 : 2, words.str()};
    }
    options.link.addresses = client::splitAddresses(addresses);
    options.scheme = schemeFromName(scheme);
    if (const auto read = readSecurity(tls, isInsecure, options.link.security); !read)
        return {std::nullopt, 2, "signalbox: " + read.error().text() + "\n"};
    return {std::move(options), 0, {}};
}

} // namespace signalbox::app
