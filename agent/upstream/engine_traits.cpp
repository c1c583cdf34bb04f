// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/engine_traits.h"

namespace signalbox::upstream {

std::string_view nameOf(AnswerClass answerClass)
{
    switch (answerClass) {
    case AnswerClass::Success: return "success";
    case AnswerClass::ContextOverflow: return "context overflow";
    case AnswerClass::ModelMissing: return "model missing";
    case AnswerClass::Overloaded: return "overloaded";
    case AnswerClass::Draining: return "loading or stopping";
    case AnswerClass::Denied: return "denied";
    case AnswerClass::NotServed: return "not served";
    case AnswerClass::BadRequest: return "bad request";
    case AnswerClass::Broken: return "broken";
    }
    return "broken";
}

} // namespace signalbox::upstream
