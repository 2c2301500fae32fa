package graph

import (
	"fmt"
	"net/http"
	"strings"
)

// failure is why a call is refused, or why a message will not arrive.
type failure struct {
	http      int
	code      int
	subcode   int
	title     string
	details   string
	kind      string // OAuthException unless another
	transient bool
	bare      bool // without "(#code)" before the title
}

// known holds the HTTP status and title of the codes on Meta's page "WhatsApp
// error codes" and of the Send API's. Where the page gives no status it is 400.
var known = map[int]failure{
	0:    {http: 401, title: "AuthException"},
	1:    {http: 400, title: "API Unknown", kind: "OAuthException"},
	2:    {http: 503, title: "An unexpected error has occurred. Please retry your request later.", transient: true, bare: true},
	3:    {http: 500, title: "API Method"},
	4:    {http: 400, title: "Application request limit reached", transient: true},
	10:   {http: 403, title: "Application does not have permission for this action"},
	33:   {http: 400, title: "Parameter value is not valid"},
	100:  {http: 400, title: "Invalid parameter"},
	190:  {http: 401, title: "Access token has expired", bare: true},
	200:  {http: 403, title: "API Permission"},
	368:  {http: 403, title: "Temporarily blocked for policies violations"},
	551:  {http: 400, title: "This person isn't available right now."},
	613:  {http: 400, title: "Calls to this api have exceeded the rate limit."},
	1200: {http: 400, title: "Temporary send message failure. Please try again later.", transient: true, bare: true},
	2500: {http: 401, title: "An active access token must be used to query information about the current user.", bare: true},
	2635: {http: 400, title: "You are calling a deprecated version of the Ads API. Please update to the latest version."},

	80007:  {http: 400, title: "There have been too many calls to this WhatsApp Business account. Wait a bit and try again."},
	130403: {http: 400, title: "Message failed to send because the user blocked the business"},
	130429: {http: 400, title: "Rate limit hit"},
	130472: {http: 400, title: "User's number is part of an experiment"},
	130497: {http: 403, title: "Business account is restricted from messaging users in this country"},
	131000: {http: 500, title: "Something went wrong"},
	131005: {http: 403, title: "Access denied"},
	131008: {http: 400, title: "Required parameter is missing"},
	131009: {http: 400, title: "Parameter value is not valid"},
	131016: {http: 500, title: "Service unavailable"},
	131021: {http: 400, title: "Recipient cannot be sender"},
	131026: {http: 400, title: "Message undeliverable"},
	131030: {http: 400, title: "Recipient phone number not in allowed list"},
	131031: {http: 403, title: "Account has been locked"},
	131037: {http: 400, title: "WhatsApp provided number needs display name approval before message can be sent"},
	131042: {http: 400, title: "Business eligibility payment issue"},
	131045: {http: 500, title: "Incorrect certificate"},
	131047: {http: 400, title: "Re-engagement message"},
	131048: {http: 400, title: "Spam rate limit hit"},
	131049: {http: 400, title: "Meta chose not to deliver"},
	131050: {http: 400, title: "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business"},
	131051: {http: 400, title: "Unsupported message type"},
	131052: {http: 400, title: "Media download error"},
	131053: {http: 400, title: "Media upload error"},
	131056: {http: 400, title: "(Business Account, Consumer Account) pair rate limit hit"},
	131057: {http: 500, title: "Account in maintenance mode"},
	131062: {http: 400, title: "Business-scoped user IDs are not supported for this message"},
	131064: {http: 400, title: "Template classification violations"},
	132000: {http: 400, title: "Number of parameters does not match the expected number of params"},
	132001: {http: 404, title: "Template name does not exist in the translation"},
	132005: {http: 400, title: "Translated text too long"},
	132007: {http: 400, title: "Template format character policy violated"},
	132012: {http: 400, title: "Parameter format does not match format in the created template"},
	132015: {http: 400, title: "Template is paused"},
	132016: {http: 400, title: "Template is disabled"},
	132018: {http: 400, title: "There is an issue with the parameters in your template"},
	132068: {http: 400, title: "Flow is blocked"},
	132069: {http: 400, title: "Flow is throttled"},
	133004: {http: 503, title: "Server temporarily unavailable"},
	133016: {http: 400, title: "Account register deregister rate limit exceeded"},
	135000: {http: 400, title: "Generic user error"},
}

// details that Meta gives where a caller has nothing better to say.
var knownDetails = map[int]string{
	130403: "Message failed to send because the user has blocked the business.",
	130429: "Message failed to send because there were too many messages sent from this phone number in a short period of time",
	130472: "Message was not sent as part of an experiment.",
	131000: "Message failed to send due to an unknown error.",
	131016: "Message failed to send because the service is temporarily unavailable.",
	131026: "Message Undeliverable.",
	131031: "Business Account locked",
	131047: "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
	131048: "Message failed to send because there are restrictions on how many messages can be sent from this phone number.",
	131049: "This message was not delivered to maintain healthy ecosystem engagement.",
	131050: "The recipient has chosen to stop receiving marketing messages on WhatsApp from your business.",
	131053: "Media upload failed.",
	131056: "Message failed to send because there were too many messages sent from this phone number to the same phone number " +
		"in a short period of time.",
	131062: "This message cannot be sent to a business-scoped user ID.",
	132015: "Template is paused due to low quality",
	132016: "Template has been paused too many times due to low quality and is now permanently disabled.",
	368:    "The WhatsApp Business Account has been temporarily blocked due to a policy violation.",
}

// fail is a refusal with a code; details may be empty.
func fail(code int, details string, values ...any) *failure {
	f, ok := known[code]
	if !ok {
		f = failure{http: http.StatusBadRequest, title: "Unknown error"}
	}
	f.code = code
	f.details = details
	if len(values) > 0 {
		f.details = fmt.Sprintf(details, values...)
	}
	if details == "" {
		f.details = knownDetails[code]
	}
	return &f
}

func missing(key string) *failure {
	return fail(131008, "The parameter %s is required.", key)
}

func invalid(format string, values ...any) *failure {
	return fail(131009, format, values...)
}

// refused is Messenger's way to say that a parameter is wrong.
func refused(format string, values ...any) *failure {
	return fail(100, "").titled(fmt.Sprintf(format, values...))
}

// absent is the answer for an id that does not exist or is somebody else's: Graph
// does not tell which.
func absent(method, id string) *failure {
	return fail(100, "").sub(33).titled(fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded "+
		"due to missing permissions, or does not support this operation. Please read the Graph API documentation at "+
		"https://developers.facebook.com/docs/graph-api", strings.ToLower(method), id)).plain()
}

func (f *failure) sub(code int) *failure { f.subcode = code; return f }

func (f *failure) as(status int) *failure { f.http = status; return f }

func (f *failure) titled(title string) *failure {
	f.title = title
	f.bare = f.bare || f.code == 190
	return f
}

func (f *failure) plain() *failure { f.bare = true; return f }

func (f *failure) instagram() *failure { f.kind = "IGApiException"; return f }

// body is the answer as Graph writes it.
func (f *failure) body(trace string) object {
	message := f.title
	if !f.bare {
		message = fmt.Sprintf("(#%d) %s", f.code, f.title)
	}
	kind := f.kind
	if kind == "" {
		kind = "OAuthException"
	}
	e := object{"message": message, "type": kind, "code": f.code, "fbtrace_id": trace}
	if f.details != "" {
		e["error_data"] = object{"messaging_product": "whatsapp", "details": f.details}
	}
	if f.subcode != 0 {
		e["error_subcode"] = f.subcode
	}
	if f.transient {
		e["is_transient"] = true
	}
	return object{"error": e}
}

// inStatus is the same failure in a webhook.
func (f *failure) inStatus() object {
	details := f.details
	if details == "" {
		details = f.title
	}
	return object{
		"code": f.code, "title": f.title, "message": f.title, "error_data": object{"details": details},
		"href": "/documentation/business-messaging/whatsapp/support/error-codes",
	}
}
