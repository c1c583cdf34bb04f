// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/screen.h"
#include "console/views/instance_detail/facts_view.h"

#include <string>
#include <vector>

class QHBoxLayout;
class QLabel;
class QStackedWidget;
class QTabBar;
class QVBoxLayout;

namespace signalbox::views {

class DetailHead;
class OpenRequests;
class Panel;
class ReadingChart;
class StatePage;

// One agent: what is it doing, and why is it in this state?
// Lives on: gui thread. Owned by the window. An agent that is forgotten leaves a sentence.
class InstanceDetailScreen final : public Screen {
    Q_OBJECT
public:
    explicit InstanceDetailScreen(Session& session, QWidget* parent = nullptr);

    enum class Tab : std::uint8_t { Now, Requests, Config, Probes, Compare };
    static constexpr int kTabs = 5;

    void showAgent(const ObjectRef& object);
    const std::string& agent() const { return agent_; } // id; empty = none yet
    Tab tab() const;
    void setTab(Tab tab);

    QString title() const override;
    QMap<QString, QString> stateMap() const override;
    void restore(const QMap<QString, QString>& state) override;
    bool escape() override;
    void shown() override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    // The same lines in the overview and on a page of their own.
    struct Twin {
        FactsView* small = nullptr;
        FactsView* large = nullptr;
        void set(const std::vector<Fact>& facts) const
        {
            small->setFacts(facts);
            large->setFacts(facts);
        }
    };

    QHBoxLayout* makeHeadRow();
    QWidget* makeNow();
    QVBoxLayout* makeSide();
    QWidget* makePages();
    Panel* page(const QString& title, FactsView* facts);
    void makeActions();
    QHBoxLayout* makeFoot();
    QAction* add(const QString& text, const QString& toolTip, const QString& keys);

    void refresh();
    void refreshFacts(int slot);
    bool tellsRequests() const;
    void showOpenRequests();
    void refreshCharts(int slot, const std::vector<int>& peers);
    void showState();
    void step(int by);
    void act(Act verb);
    void probeNow();
    std::vector<int> siblings(int slot) const; // itself included, by name
    int slot() const;

    std::string agent_;
    std::int64_t refreshedUnixMs_ = 0;
    DetailHead* head_;
    QLabel* place_;
    QTabBar* tabs_;
    QStackedWidget* stack_;
    StatePage* page_ = nullptr;
    std::vector<ReadingChart*> charts_;
    QWidget* side_ = nullptr;
    Panel* whyPanel_ = nullptr;
    Panel* probesPanel_ = nullptr;
    Panel* configPanel_ = nullptr;
    Panel* comparePanel_ = nullptr;
    FactsView* why_ = nullptr;
    Twin probes_;
    Twin gateways_;
    Twin config_;
    Twin compare_;
    FactsView* requests_ = nullptr;
    OpenRequests* openRequests_;
    Twin open_;
    std::vector<Panel*> openPanels_; // the small one, the large one
};

} // namespace signalbox::views
