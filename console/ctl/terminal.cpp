// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace signalbox::ctl {

namespace {

constexpr std::string_view kEnterScreen = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeaveScreen = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kClearLine = "\r\x1b[K";
constexpr std::size_t kAnswerBytes = 1024; // longer than any cause

// What a signal handler may touch: plain descriptors and flags of the one terminal there is.
std::atomic<int> interruptsTotal{0};
std::atomic<bool> screenIsOurs{false};
std::atomic<bool> keysAreOurs{false};
int wakePipe[2] = {-1, -1};
termios keysAsFound;

// False when the reader has gone.
bool writeAll(int file, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written > 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno == EAGAIN) {
            pollfd wait{file, POLLOUT, 0};
            ::poll(&wait, 1, 100);
        } else if (errno != EINTR)
            return false;
    }
    return true;
}

void restoreScreen()
{
    if (keysAreOurs.exchange(false))
        ::tcsetattr(STDIN_FILENO, TCSANOW, &keysAsFound);
    if (screenIsOurs.exchange(false))
        writeAll(STDOUT_FILENO, kLeaveScreen);
}

void onSignal(int)
{
    if (interruptsTotal.fetch_add(1) > 0) {
        restoreScreen(); // write() and tcsetattr() are safe in a handler
        ::_exit(130);
    }
    const char byte = 0;
    (void)!::write(wakePipe[1], &byte, 1); // a full pipe wakes as well
}

void catchSignals()
{
    if (::pipe2(wakePipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    struct sigaction action { };
    action.sa_handler = onSignal;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGHUP, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN); // a closed pipe is readerGone(), not a death in mid-command
}

winsize sizeOfTerminal()
{
    winsize size{};
    ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    return size;
}

class SystemTerminal final : public Terminal {
public:
    SystemTerminal();
    ~SystemTerminal() override;

    bool isInteractive() const override { return interactive_; }
    bool canAsk() const override { return canAsk_; }
    Colour colour() const override { return colour_; }
    std::size_t columns() const override
    {
        return interactive_ ? std::max<std::size_t>(sizeOfTerminal().ws_col, 40) : 0;
    }
    std::size_t rows() const override
    {
        return interactive_ ? std::max<std::size_t>(sizeOfTerminal().ws_row, 5) : 0;
    }

    void print(std::string_view line) override;
    void complain(std::string_view line) override;
    void progress(const std::string& line) override;
    void endProgress() override;
    std::string ask(std::string_view question) override;
    void enterScreen() override;
    void leaveScreen() override { restoreScreen(); }
    void draw(const std::vector<std::string>& lines) override;
    char waitForKey(std::chrono::milliseconds time) override;
    bool interrupted() const override { return interruptsTotal.load() > 0; }
    bool readerGone() const override { return readerGone_; }

private:
    void out(std::string_view text)
    {
        if (!writeAll(STDOUT_FILENO, text))
            readerGone_ = true;
    }

    bool interactive_ = false;
    bool canAsk_ = false;
    bool inputEnded_ = false;
    bool readerGone_ = false;
    Colour colour_ = Colour::Off;
    std::string lastProgress_;
};

SystemTerminal::SystemTerminal()
{
    catchSignals();
    const bool isTerminal = ::isatty(STDOUT_FILENO) == 1;
    canAsk_ = isTerminal && ::isatty(STDIN_FILENO) == 1;
    const char* kind = std::getenv("TERM");
    interactive_ = isTerminal && kind != nullptr && std::string_view(kind) != "dumb";
    const char* noColour = std::getenv("NO_COLOR"); // no-color.org
    if (interactive_ && (noColour == nullptr || *noColour == '\0'))
        colour_ = Colour::On;
}

SystemTerminal::~SystemTerminal()
{
    endProgress();
    restoreScreen();
}

void SystemTerminal::print(std::string_view line)
{
    endProgress();
    out(std::string(line) + "\n");
}

void SystemTerminal::complain(std::string_view line)
{
    endProgress();
    writeAll(STDERR_FILENO, std::string(line) + "\n");
}

void SystemTerminal::progress(const std::string& line)
{
    if (line == lastProgress_)
        return;
    lastProgress_ = line;
    if (interactive_)
        out(std::string(kClearLine) + cutTo(line, columns() - 1));
    else
        out(line + "\n");
}

void SystemTerminal::endProgress()
{
    if (!lastProgress_.empty() && interactive_)
        out("\n");
    lastProgress_.clear();
}

std::string SystemTerminal::ask(std::string_view question)
{
    endProgress();
    out(question);
    std::string answer;
    char byte = 0;
    // Byte by byte, so that an interrupt is seen at once.
    while (answer.size() < kAnswerBytes && !interrupted()) {
        pollfd wait[] = {{STDIN_FILENO, POLLIN, 0}, {wakePipe[0], POLLIN, 0}};
        if (::poll(wait, 2, -1) < 0 || wait[0].revents == 0)
            continue;
        if (::read(STDIN_FILENO, &byte, 1) != 1 || byte == '\n')
            break;
        answer += byte;
    }
    return interrupted() ? "" : answer;
}

void SystemTerminal::enterScreen()
{
    if (!interactive_ || screenIsOurs)
        return;
    if (canAsk_ && ::tcgetattr(STDIN_FILENO, &keysAsFound) == 0) {
        termios keys = keysAsFound;
        keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &keys);
        keysAreOurs = true;
    }
    screenIsOurs = true;
    out(kEnterScreen);
}

void SystemTerminal::draw(const std::vector<std::string>& lines)
{
    // One write, so that no half frame is seen: home, each line with its rest cleared, the rest.
    std::string frame = "\x1b[H";
    const std::size_t room = rows();
    for (std::size_t at = 0; at < lines.size() && at < room; ++at) {
        const bool isLastRow = at + 1 == room;
        frame += (isLastRow ? lines.back() : lines[at]) + "\x1b[K";
        frame += isLastRow || at + 1 == lines.size() ? "" : "\r\n";
    }
    out(frame + "\x1b[J");
}

char SystemTerminal::waitForKey(std::chrono::milliseconds time)
{
    const bool hasKeys = canAsk_ && !inputEnded_;
    pollfd wait[] = {{wakePipe[0], POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    const int ready = ::poll(wait, hasKeys ? 2 : 1, static_cast<int>(time.count()));
    if (ready <= 0 || !hasKeys || wait[1].revents == 0)
        return '\0';
    char key = '\0';
    if (::read(STDIN_FILENO, &key, 1) != 1)
        inputEnded_ = true;
    return key;
}

} // namespace

std::unique_ptr<Terminal> systemTerminal()
{
    return std::make_unique<SystemTerminal>();
}

} // namespace signalbox::ctl
