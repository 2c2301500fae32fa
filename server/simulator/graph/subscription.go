package graph

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// subscription is an app that hears what happens to an account or a line.
type subscription struct {
	app      string
	fields   []string  // of a Page or an Instagram account; WhatsApp has them per app
	callback *Callback // of a WhatsApp account, instead of the app's
}

func of(appID string) func(*subscription) bool {
	return func(s *subscription) bool { return s.app == appID }
}

// wants tells whether the app subscribed to what an update is.
func (s *subscription) wants(u *update) bool {
	if u.object == ObjectWhatsApp || slices.Contains(s.fields, u.field) {
		return true
	}
	// On Instagram an echo is a message; only Instagram Login lists it apart.
	return u.object == ObjectInstagram && u.field == "message_echoes" && slices.Contains(s.fields, "messages")
}

func messengerFields() []string {
	return []string{
		"messages", "messaging_postbacks", "message_reads", "message_deliveries", "message_echoes", "messaging_referrals",
		"messaging_optins", "message_reactions", "message_edits", "messaging_handovers", "standby", "messenger_template_status_update",
	}
}

func instagramFields() []string {
	return []string{
		"messages", "messaging_postbacks", "messaging_seen", "messaging_referrals", "message_reactions", "message_edits",
		"message_echoes", "messaging_handovers", "standby",
	}
}

// accountSubscriptions is /{waba}/subscribed_apps.
func (w *World) accountSubscriptions(c *call, a *account) (any, *failure) {
	appID := c.token.app
	switch c.method {
	case http.MethodGet:
		data := []object{}
		for _, s := range a.subscribers {
			data = append(data, w.subscriptionNode(s))
		}
		return object{"data": data}, nil
	case http.MethodDelete:
		a.subscribers = slices.DeleteFunc(a.subscribers, of(appID))
		return object{"success": true}, nil
	case http.MethodPost:
		s := &subscription{app: appID}
		if uri := c.parameter("override_callback_uri"); uri != "" {
			s.callback = &Callback{URL: uri, VerifyToken: c.parameter("verify_token")}
			if refusal := w.verifyOverride(c, s.callback); refusal != nil {
				return nil, refusal
			}
		}
		a.subscribers = append(slices.DeleteFunc(a.subscribers, of(appID)), s)
		if s.callback == nil {
			return object{"success": true}, nil
		}
		return object{"success": true, "data": []object{w.subscriptionNode(s)}}, nil
	}
	return nil, absent(c.method, a.id)
}

// verifyOverride shakes hands with another address. The world goes on meanwhile,
// since that address may call back.
func (w *World) verifyOverride(c *call, callback *Callback) *failure {
	w.mu.Unlock()
	err := w.handshake(context.WithoutCancel(c.r.Context()), c.token.app, *callback)
	w.mu.Lock()
	if err != nil {
		return fail(100, "").sub(2200).titled("Callback verification failed with the following errors: the callback did not repeat the challenge")
	}
	w.apps[c.token.app].verified[callback.URL] = true
	return nil
}

func (w *World) subscriptionNode(s *subscription) object {
	node := object{"whatsapp_business_api_data": object{
		"id": s.app, "name": w.appName(s.app), "link": "https://www.facebook.com/games/?app_id=" + s.app,
	}}
	if s.callback != nil {
		node["override_callback_uri"] = s.callback.URL
	}
	return node
}

// lineSubscriptions is /{page}/subscribed_apps, and that of an Instagram account.
func (w *World) lineSubscriptions(c *call, l *line) (any, *failure) {
	appID := c.token.app
	switch c.method {
	case http.MethodGet:
		data := []object{}
		for _, s := range l.subscribers {
			data = append(data, object{"id": s.app, "name": w.appName(s.app), "subscribed_fields": s.fields})
		}
		return object{"data": data}, nil
	case http.MethodDelete:
		l.subscribers = slices.DeleteFunc(l.subscribers, of(appID))
		return object{"success": true}, nil
	case http.MethodPost:
		fields, refusal := subscribedFields(c, l)
		if refusal != nil {
			return nil, refusal
		}
		l.subscribers = append(slices.DeleteFunc(l.subscribers, of(appID)), &subscription{app: appID, fields: fields})
		return object{"success": true}, nil
	}
	return nil, absent(c.method, l.id)
}

// subscribedFields come in the query or the body, in a list or with commas.
func subscribedFields(c *call, l *line) ([]string, *failure) {
	fields := strings.Split(c.parameter("subscribed_fields"), ",")
	for _, f := range list(c.body, "subscribed_fields") {
		if name, ok := f.(string); ok {
			fields = append(fields, name)
		}
	}
	fields = slices.DeleteFunc(fields, func(f string) bool { return f == "" })
	if len(fields) == 0 {
		return nil, refused("The parameter subscribed_fields is required.")
	}
	known := slices.Concat(messengerFields(), instagramFields(), []string{
		"feed", "messaging_customer_information", "messaging_account_linking", "response_feedback", "comments", "mentions", "live_comments",
		"message_context", "messaging_policy_enforcement", "inbox_labels", "messaging_game_plays", "messaging_feedback", "messaging_referral",
		"message_edit",
	})
	for i, f := range fields {
		fields[i] = strings.TrimSpace(f)
		if !slices.Contains(known, fields[i]) {
			return nil, refused("Param subscribed_fields[%d] must be one of {%s} - got %q.", i, strings.Join(known, ", "), fields[i])
		}
	}
	if l.network == Instagram {
		for i, f := range fields { // both spellings are on Meta's pages
			if f == "messaging_referral" || f == "message_edit" {
				fields[i] += "s"
			}
		}
	}
	return fields, nil
}
