package meta

import (
	"strconv"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Stable codes for why a message was not sent. Each has words in the inbox.
const (
	codeUnknown    = "unknown"
	codeTemporary  = "temporary"
	codeRate       = "rate_limit"
	codePairRate   = "pair_rate_limit"
	codeToken      = "token"
	codePermission = "permission"
	codeWindow     = "window_closed"
	codeBlocked    = "blocked"
	codeParameter  = "parameter"
	codeMedia      = "media"
	codeNoAnswer   = "no_answer" // the request was sent and its answer lost: it may have been carried out
)

// verdict is what one of Meta's errors means for what is to be sent.
type verdict struct {
	class chat.SendClass
	code  string
}

// whatsAppVerdicts are by code. The same codes come at once and, later, with a status.
// https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
var whatsAppVerdicts = map[int]verdict{
	0:      {chat.SendReconnect, codeToken},
	1:      {chat.SendRetry, codeTemporary},
	2:      {chat.SendRetry, codeTemporary},
	3:      {chat.SendReconnect, codePermission},
	4:      {chat.SendThrottleAccount, codeRate},
	10:     {chat.SendReconnect, codePermission},
	33:     {chat.SendRejected, codeParameter},
	100:    {chat.SendRejected, codeParameter},
	190:    {chat.SendReconnect, codeToken},
	368:    {chat.SendStopAccount, "policy"},
	613:    {chat.SendThrottleAccount, codeRate},
	80007:  {chat.SendThrottleAccount, codeRate},
	130403: {chat.SendUnreachable, codeBlocked},
	130429: {chat.SendThrottleAccount, codeRate},
	130472: {chat.SendGiveUp, "experiment"},
	130497: {chat.SendUnreachable, "country"},
	131000: {chat.SendRetry, codeTemporary},
	131005: {chat.SendReconnect, codePermission},
	131008: {chat.SendRejected, codeParameter},
	131009: {chat.SendRejected, codeParameter},
	131016: {chat.SendRetry, codeTemporary},
	131021: {chat.SendRejected, "to_self"},
	131026: {chat.SendUnreachable, "not_on_whatsapp"},
	131030: {chat.SendGiveUp, "sandbox"},
	131031: {chat.SendStopAccount, "account_locked"},
	131037: {chat.SendStopAccount, "display_name"},
	131042: {chat.SendStopAccount, "payment"},
	131045: {chat.SendStopAccount, "certificate"},
	131047: {chat.SendWindowClosed, codeWindow},
	131048: {chat.SendStopAccount, "spam_limit"},
	131049: {chat.SendGiveUp, "marketing_limit"},
	131050: {chat.SendOptedOut, "opted_out"},
	131051: {chat.SendRejected, codeParameter},
	131052: {chat.SendRetry, codeMedia},
	131053: {chat.SendRetry, codeMedia},
	131056: {chat.SendThrottlePair, codePairRate},
	131057: {chat.SendRetry, codeTemporary},
	131062: {chat.SendUnreachable, "phone_needed"},
	131064: {chat.SendStopAccount, "template_violations"},
	132000: {chat.SendRejected, "template_parameters"},
	132001: {chat.SendGiveUp, "template_missing"},
	132005: {chat.SendRejected, "template_too_long"},
	132007: {chat.SendGiveUp, "template_policy"},
	132012: {chat.SendRejected, "template_parameters"},
	132015: {chat.SendGiveUp, "template_paused"},
	132016: {chat.SendGiveUp, "template_disabled"},
	132018: {chat.SendRejected, "template_parameters"},
	133004: {chat.SendRetry, codeTemporary},
	133016: {chat.SendThrottleAccount, codeRate},
	134011: {chat.SendStopAccount, "payment"},
	135000: {chat.SendRejected, codeParameter},
}

func whatsAppVerdict(code, subcode int) verdict {
	v, known := whatsAppVerdicts[code]
	switch {
	case code == 100 && subcode == 33: // there is no such number, or it is not ours to see
		return verdict{chat.SendReconnect, "account_missing"}
	case known:
		return v
	case code >= 200 && code < 300:
		return verdict{chat.SendReconnect, codePermission}
	case code >= 133000 && code < 134000:
		return verdict{chat.SendStopAccount, "not_registered"}
	case code >= 132000 && code < 133000:
		return verdict{chat.SendRejected, "template"}
	}
	return verdict{chat.SendGiveUp, codeUnknown}
}

// pair is a code with its subcode, which alone tells what Messenger means.
type pair struct{ code, subcode int }

// messengerVerdicts are of Messenger and Instagram; subcode 0 stands for any that is not named.
// https://developers.facebook.com/docs/messenger-platform/error-codes
var messengerVerdicts = map[pair]verdict{
	{1, 1357046}:  {chat.SendUncertain, codeNoAnswer}, // "Received invalid JSON reply": it may have been sent
	{1, 99}:       {chat.SendGiveUp, codeUnknown},
	{1, 0}:        {chat.SendRetry, codeTemporary},
	{2, 0}:        {chat.SendRetry, codeTemporary},
	{2, 2018344}:  {chat.SendReconnect, "terms"},
	{3, 0}:        {chat.SendReconnect, codePermission},
	{4, 0}:        {chat.SendThrottleAccount, codeRate},
	{9, 2018352}:  {chat.SendThrottleAccount, codeRate},
	{10, 0}:       {chat.SendReconnect, codePermission},
	{10, 1893063}: {chat.SendStopAccount, "restricted"},
	{10, 2018065}: {chat.SendWindowClosed, codeWindow},
	{10, 2018108}: {chat.SendUnreachable, codeBlocked},
	{10, 2018278}: {chat.SendWindowClosed, codeWindow},
	{10, 2534022}: {chat.SendWindowClosed, codeWindow},

	{100, 0}:       {chat.SendRejected, codeParameter},
	{100, 33}:      {chat.SendReconnect, "account_missing"},
	{100, 2018001}: {chat.SendUnreachable, "no_such_person"},
	{100, 2534014}: {chat.SendUnreachable, "no_such_person"},
	{100, 2534029}: {chat.SendUnreachable, "unreachable"},
	{100, 2018109}: {chat.SendRejected, codeMedia},
	{190, 0}:       {chat.SendReconnect, codeToken},
	{200, 2534041}: {chat.SendReconnect, "access_off"}, // "Allow access to messages" is off in the Instagram account
	{200, 2018028}: {chat.SendReconnect, "app_not_live"},
	{368, 0}:       {chat.SendStopAccount, "policy"},
	{551, 0}:       {chat.SendUnreachable, "unreachable"},
	{551, 1545041}: {chat.SendWindowClosed, codeWindow}, // older pages: the person can't receive it; a template or another channel then
	{613, 0}:       {chat.SendThrottleAccount, codeRate},
	{1200, 0}:      {chat.SendRetry, codeTemporary},
	{10303, 0}:     {chat.SendRejected, codeParameter},
	{36000, 0}:     {chat.SendRejected, codeMedia},
	{2534001, 0}:   {chat.SendUnreachable, "unreachable"},
	{2534025, 0}:   {chat.SendRejected, codeParameter},
}

func messengerVerdict(code, subcode int) verdict {
	if v, ok := messengerVerdicts[pair{code, subcode}]; ok {
		return v
	}
	if v, ok := messengerVerdicts[pair{subcode, 0}]; ok && subcode > 1_000_000 {
		return v
	}
	if v, ok := messengerVerdicts[pair{code, 0}]; ok {
		return v
	}
	if code >= 200 && code < 300 {
		return verdict{chat.SendReconnect, codePermission}
	}
	return verdict{chat.SendGiveUp, codeUnknown}
}

// waError is an error as webhooks tell it: with a message, a status or by itself.
type waError struct {
	Code    word `json:"code"`
	Title   word `json:"title"`
	Message word `json:"message"`
	Data    struct {
		Details word `json:"details"`
	} `json:"error_data"`
}

func (e waError) sendError() *chat.SendError {
	code, err := strconv.Atoi(string(e.Code))
	if err != nil {
		code = -1
	}
	v := whatsAppVerdict(code, 0)
	return &chat.SendError{
		Class: v.class, Code: v.code, Provider: string(e.Code), Detail: first(string(e.Data.Details), string(e.Message), string(e.Title)),
	}
}
