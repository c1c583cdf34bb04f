// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/table.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::ctl {

// Where a command speaks and listens: a terminal that can be redrawn, or pipes that scripts read.
// Lives on: the main thread. Owned by main; tests have their own.
class Terminal {
public:
    virtual ~Terminal() = default;

    virtual bool isInteractive() const = 0; // output is a terminal
    virtual bool canAsk() const = 0; // and input is one too
    virtual Colour colour() const = 0;
    // 0 where output is no terminal: no limit.
    virtual std::size_t columns() const = 0;
    virtual std::size_t rows() const = 0;

    virtual void print(std::string_view line) = 0; // to standard output, with a newline
    virtual void complain(std::string_view line) = 0; // to standard error
    // Rewrites one line in place; where it cannot, prints the line when it has changed.
    virtual void progress(const std::string& line) = 0;
    virtual void endProgress() = 0;
    // One line from the keyboard; empty at the end of input or on an interrupt.
    virtual std::string ask(std::string_view question) = 0;

    // The alternate screen with keys unbuffered; leaving gives the user's screen back.
    virtual void enterScreen() = 0;
    virtual void leaveScreen() = 0;
    // Redraws in place. Where there are too few rows the last line stays, those above it are cut.
    virtual void draw(const std::vector<std::string>& lines) = 0;

    // Waits for a key, an interrupt or the time to pass; 0 when no key came.
    virtual char waitForKey(std::chrono::milliseconds time) = 0;
    // Ctrl-C or SIGTERM was seen. A second one ends the program at once, screen restored.
    virtual bool interrupted() const = 0;
    // Nobody reads standard output any more.
    virtual bool readerGone() const = 0;
};

// The process's own standard streams and signals; one per process.
std::unique_ptr<Terminal> systemTerminal();

} // namespace signalbox::ctl
