package meta

import (
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func decimal(s stamp) string { return strconv.FormatInt(int64(s), 10) }

// whatsAppNews gives the reader of a field that tells of templates or of the account itself; nil for any other.
// https://developers.facebook.com/docs/whatsapp/business-management-api/webhooks/components
func whatsAppNews(field string) func(chat.Inbound, change) chat.Inbound {
	switch field {
	case "message_template_status_update", "message_template_quality_update", "message_template_components_update", "template_category_update":
		return readTemplateNews
	case "account_update", "account_alerts", "account_review_update", "phone_number_quality_update", "phone_number_name_update",
		"business_capability_update", "security", "business_username_update":
		return readAccountNews
	}
	return nil
}

// templateNews is what the fields about templates hold.
type templateNews struct {
	Event       word  `json:"event"`
	ID          ident `json:"message_template_id"`
	Name        ident `json:"message_template_name"`
	Language    ident `json:"message_template_language"`
	Category    word  `json:"message_template_category"`
	NewCategory word  `json:"new_category"`
	Quality     word  `json:"new_quality_score"`
	Reason      word  `json:"reason"`
	Rejection   struct {
		Reason word `json:"reason"`
	} `json:"rejection_info"`
	Other struct {
		Title       word `json:"title"`
		Description word `json:"description"`
	} `json:"other_info"`
}

// readTemplateNews reads news of a template. Messenger tells of its templates in the same words.
func readTemplateNews(in chat.Inbound, c change) chat.Inbound {
	var n templateNews
	if err := decode(c.Value, &n); err != nil {
		return ignored(in, "broken news of a template: "+err.Error())
	}
	if n.ID == "" && n.Name == "" {
		return ignored(in, "news of no template")
	}
	t := &chat.InboundTemplating{ExternalID: string(n.ID), Name: string(n.Name), Language: string(n.Language)}
	switch {
	case strings.HasSuffix(string(c.Field), "template_status_update"):
		t.Status, t.Reason = n.status()
		t.Category = category(string(n.Category))
	case c.Field == "message_template_quality_update":
		t.Reason = "quality " + short(string(n.Quality))
	case c.Field == "template_category_update":
		t.Category = category(string(n.NewCategory))
	default: // its components
		t.Resync = true
	}
	in.Kind, in.ID, in.Template = chat.InboundTemplate, "template:"+string(n.ID)+":"+fingerprint(c.Value, 0)+":"+decimal(stamp(in.At)), t
	return in
}

func (n templateNews) status() (chat.TemplateStatus, string) {
	if n.Event == "FLAGGED" {
		return "", "FLAGGED" // its quality is low; it can be used as before
	}
	status, reason := templateStatus(string(n.Event))
	if n.Other.Title == "UNPAUSE" {
		return chat.TemplateApproved, ""
	}
	if n.Reason != "" && n.Reason != "NONE" {
		reason = string(n.Reason)
	}
	if status != chat.TemplateApproved {
		reason = first(string(n.Rejection.Reason), string(n.Other.Description), reason)
	}
	return status, reason
}

// templateStatus reads Meta's word for a template's status; a word for one that can't be used is the reason too.
func templateStatus(s string) (status chat.TemplateStatus, reason string) {
	switch s {
	case "APPROVED", "REINSTATED", "FLAGGED":
		return chat.TemplateApproved, ""
	case "PENDING", "IN_APPEAL":
		return chat.TemplatePending, ""
	case "REJECTED":
		return chat.TemplateRejected, ""
	case "PAUSED":
		return chat.TemplatePaused, ""
	}
	return chat.TemplateDisabled, short(s)
}

func category(s string) chat.TemplateCategory {
	switch c := chat.TemplateCategory(strings.ToLower(s)); c {
	case chat.CategoryUtility, chat.CategoryMarketing, chat.CategoryAuthentication:
		return c
	}
	return ""
}

// accountNews is what the fields about the account hold.
type accountNews struct {
	Event    word `json:"event"`
	Decision word `json:"decision"`
	Alert    word `json:"alert_type"`
	Status   word `json:"status"`
	Ban      struct {
		State word `json:"waba_ban_state"`
	} `json:"ban_info"`
	Violation struct {
		Type word `json:"violation_type"`
	} `json:"violation_info"`
	Restrictions []struct {
		Type word `json:"restriction_type"`
	} `json:"restriction_info"`
	Info struct {
		WABA ident `json:"waba_id"`
	} `json:"waba_info"`
	Disconnection struct {
		Reason word `json:"reason"`
	} `json:"disconnection_info"`
	Display  word `json:"display_phone_number"`
	Limit    word `json:"max_daily_conversations_per_business"`
	Verified word `json:"requested_verified_name"`
	Username word `json:"username"`
}

// readAccountNews reads news of the account, and whether it may go on.
func readAccountNews(in chat.Inbound, c change) chat.Inbound {
	var n accountNews
	if err := decode(c.Value, &n); err != nil {
		return ignored(in, "broken news of the account: "+err.Error())
	}
	if n.Info.WABA != "" {
		in.Business = string(n.Info.WABA) // news about partners come to the partner's own entry
	}
	in.News = n.of(string(c.Field))
	if in.News == nil {
		return ignored(in, "news of no effect here: "+short(string(c.Field)+" "+string(n.Event)))
	}
	in.Kind, in.ID = chat.InboundAccount, string(c.Field)+":"+fingerprint(c.Value, 0)+":"+decimal(stamp(in.At))
	return in
}

func (n accountNews) of(field string) *chat.InboundNews {
	switch field {
	case "account_update":
		return n.update()
	case "phone_number_quality_update":
		if n.Event == "FLAGGED" || n.Event == "UNFLAGGED" {
			return &chat.InboundNews{Code: "quality", Detail: detail(n.Display, n.Event)}
		}
		return &chat.InboundNews{Code: "limit", Detail: detail(n.Display, n.Event, n.Limit)}
	case "business_capability_update":
		return &chat.InboundNews{Code: "limit", Detail: detail(n.Limit)}
	case "phone_number_name_update":
		return &chat.InboundNews{Code: "name", Detail: detail(n.Display, n.Decision, n.Verified)}
	case "account_review_update":
		return &chat.InboundNews{Code: "review", Detail: detail(n.Decision)}
	case "business_username_update":
		return &chat.InboundNews{Code: "username", Detail: detail(n.Username, n.Status)}
	}
	return &chat.InboundNews{Code: strings.TrimPrefix(field, "account_"), Detail: detail(n.Alert, n.Event)} // alerts, security
}

func (n accountNews) update() *chat.InboundNews {
	switch n.Event {
	case "ACCOUNT_DELETED":
		return &chat.InboundNews{Code: "deleted", Stops: true}
	case "ACCOUNT_OFFBOARDED":
		return &chat.InboundNews{Code: "offboarded", Stops: true}
	case "PARTNER_REMOVED":
		return &chat.InboundNews{Code: "partner_removed", Stops: true, Detail: detail(n.Disconnection.Reason)}
	case "PARTNER_APP_UNINSTALLED":
		return &chat.InboundNews{Code: "app_uninstalled", Stops: true}
	case "ACCOUNT_RECONNECTED":
		return &chat.InboundNews{Code: "reconnected", Mends: true}
	case "ACCOUNT_VIOLATION":
		return &chat.InboundNews{Code: "violation", Detail: detail(n.Violation.Type)}
	case "ACCOUNT_RESTRICTION":
		return n.restricted()
	case "DISABLED_UPDATE":
		return n.banned()
	case "PARTNER_ADDED", "PARTNER_APP_INSTALLED":
		return &chat.InboundNews{Code: strings.ToLower(string(n.Event))}
	}
	return nil
}

func (n accountNews) banned() *chat.InboundNews {
	switch n.Ban.State {
	case "REINSTATE":
		return &chat.InboundNews{Code: "reinstated", Mends: true}
	case "SCHEDULE_FOR_DISABLE":
		return &chat.InboundNews{Code: "ban_scheduled"}
	}
	return &chat.InboundNews{Code: "banned", Stops: true, Detail: detail(n.Ban.State)}
}

// restricted stops the account only when answers are forbidden too: else those who write may be answered as before.
func (n accountNews) restricted() *chat.InboundNews {
	news := &chat.InboundNews{Code: "restricted"}
	var all []word
	for _, r := range n.Restrictions {
		all = append(all, r.Type)
		news.Stops = news.Stops || strings.Contains(string(r.Type), "CUSTOMER_INITIATED")
	}
	news.Detail = detail(all...)
	return news
}

func detail(words ...word) string {
	var all []string
	for _, w := range words {
		if w != "" {
			all = append(all, string(w))
		}
	}
	return short(strings.Join(all, " "))
}
