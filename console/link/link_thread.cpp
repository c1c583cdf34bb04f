// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/link_thread.h"

#include <QTimer>

#include <atomic>
#include <memory>
#include <utility>

namespace signalbox::link {

namespace {

// Dropped from any thread; the work itself ends on the link's.
class TimerHandle final : public base::Executor::Timer {
public:
    explicit TimerHandle(std::shared_ptr<std::atomic<bool>> isWanted)
        : isWanted_(std::move(isWanted))
    {
    }
    ~TimerHandle() override { isWanted_->store(false); }

private:
    std::shared_ptr<std::atomic<bool>> isWanted_;
};

} // namespace

LinkThread::LinkThread() : worker_(new QObject)
{
    thread_.setObjectName(QStringLiteral("link"));
    worker_->moveToThread(&thread_);
    QObject::connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
    thread_.start();
}

LinkThread::~LinkThread()
{
    thread_.quit();
    thread_.wait();
}

void LinkThread::post(std::function<void()> work)
{
    QMetaObject::invokeMethod(worker_, std::move(work), Qt::QueuedConnection);
}

base::Executor::TimerPtr LinkThread::after(std::chrono::nanoseconds delay,
                                           std::function<void()> work)
{
    auto isWanted = std::make_shared<std::atomic<bool>>(true);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(delay);
    post([this, wait, isWanted, work = std::move(work)]() mutable {
        if (!isWanted->load())
            return;
        QTimer::singleShot(wait, Qt::PreciseTimer, worker_,
                           [isWanted, work = std::move(work)] {
                               if (isWanted->load())
                                   work();
                           });
    });
    return std::make_unique<TimerHandle>(std::move(isWanted));
}

void LinkThread::runAndWait(std::function<void()> work)
{
    QMetaObject::invokeMethod(worker_, std::move(work), Qt::BlockingQueuedConnection);
}

} // namespace signalbox::link
