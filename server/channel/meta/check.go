package meta

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Names of what is checked, and states.
const (
	checkToken        = "token"
	checkPermissions  = "permissions"
	checkAccount      = "account"
	checkWebhook      = "webhook"
	checkSubscription = "subscription"
	checkGetStarted   = "get_started"
	checkTemplates    = "templates"

	checkOK      = "ok"
	checkWarning = "warning"
	checkFailed  = "failed"
	checkSkipped = "skipped"
)

func passed(name string) chat.Check { return chat.Check{Name: name, State: checkOK} }

func failed(name, code, detail string) chat.Check {
	return chat.Check{Name: name, State: checkFailed, Code: code, Detail: detail}
}

func doubtful(name, code, detail string) chat.Check {
	return chat.Check{Name: name, State: checkWarning, Code: code, Detail: detail}
}

// refusal gives the check that a call has failed.
func refusal(name string, err error) chat.Check {
	if e, ok := errors.AsType[*chat.SendError](err); ok {
		return failed(name, e.Code, e.Detail)
	}
	return failed(name, codeUnknown, "")
}

// check looks at a connection, from what the rest needs on. Without a token that works there is nothing more to be seen.
func (p *Platform) check(ctx context.Context, c call, needed []string, rest ...func() chat.Check) []chat.Check {
	checks := p.checkToken(ctx, c, needed)
	if checks[0].State == checkFailed {
		return checks
	}
	for _, look := range rest {
		checks = append(checks, look())
	}
	return append(checks, p.checkWebhook(c.app))
}

// checkToken asks Meta about the token: https://developers.facebook.com/docs/graph-api/reference/debug_token
func (p *Platform) checkToken(ctx context.Context, c call, needed []string) []chat.Check {
	var answer struct {
		Data struct {
			App    ident  `json:"app_id"`
			Valid  bool   `json:"is_valid"`
			Scopes []word `json:"scopes"`
			Error  struct {
				Message word `json:"message"`
			} `json:"error"`
		} `json:"data"`
	}
	c.method, c.base, c.path = http.MethodGet, "", "debug_token"
	c.query = url.Values{"input_token": {c.account.Token}}
	if err := p.do(ctx, c, &answer); err != nil {
		return []chat.Check{refusal(checkToken, err)}
	}
	d := answer.Data
	switch {
	case !d.Valid:
		return []chat.Check{failed(checkToken, "token_invalid", string(d.Error.Message))}
	case c.app.AppID != "" && d.App != "" && string(d.App) != c.app.AppID:
		return []chat.Check{failed(checkToken, "token_of_another_app", string(d.App))}
	}
	missing := slices.DeleteFunc(slices.Clone(needed), func(scope string) bool { return slices.Contains(d.Scopes, word(scope)) })
	if len(missing) > 0 {
		return []chat.Check{passed(checkToken), failed(checkPermissions, "permissions_missing", strings.Join(missing, ", "))}
	}
	return []chat.Check{passed(checkToken), passed(checkPermissions)}
}

// checkWebhook looks at our own side: Meta speaks HTTPS alone, and signs with a secret that we must know.
func (p *Platform) checkWebhook(app chat.ProviderApp) chat.Check {
	address := p.webhook(app)
	switch {
	case !slices.ContainsFunc(app.Secrets, func(s string) bool { return s != "" }):
		return failed(checkWebhook, "no_secret", "")
	case address == "":
		return chat.Check{Name: checkWebhook, State: checkSkipped}
	case !strings.HasPrefix(address, "https://"):
		return doubtful(checkWebhook, "not_https", address)
	}
	return passed(checkWebhook)
}

func (p *Platform) webhook(app chat.ProviderApp) string {
	if p.o.WebhookURL == nil {
		return ""
	}
	return p.o.WebhookURL(app.ID)
}

// Check implements channel.Connector.
func (w whatsApp) Check(ctx context.Context, a chat.Account, app chat.ProviderApp) []chat.Check {
	return w.check(ctx, w.to(a, app, http.MethodGet, ""), []string{"whatsapp_business_messaging", "whatsapp_business_management"},
		func() chat.Check { return w.checkNumber(ctx, a, app) },
		func() chat.Check { return w.checkSubscription(ctx, a, app) },
		func() chat.Check { return w.checkTemplates(ctx, a, app) },
	)
}

// checkNumber compares the number with what links say.
func (w whatsApp) checkNumber(ctx context.Context, a chat.Account, app chat.ProviderApp) chat.Check {
	var answer struct {
		Display word `json:"display_phone_number"`
		Quality word `json:"quality_rating"`
		Status  word `json:"status"`
	}
	c := w.to(a, app, http.MethodGet, "")
	c.query = url.Values{"fields": {"id,display_phone_number,verified_name,quality_rating,status"}}
	if err := w.do(ctx, c, &answer); err != nil {
		return refusal(checkAccount, err)
	}
	switch {
	case answer.Display != "" && digits(string(answer.Display)) != digits(a.Handle):
		return failed(checkAccount, "handle_differs", string(answer.Display))
	case answer.Status != "" && answer.Status != "CONNECTED":
		return failed(checkAccount, "not_connected", string(answer.Status))
	case answer.Quality == "RED":
		return doubtful(checkAccount, "quality_low", "")
	}
	return passed(checkAccount)
}

// checkSubscription looks whether webhooks come to us and not to somewhere else.
func (w whatsApp) checkSubscription(ctx context.Context, a chat.Account, app chat.ProviderApp) chat.Check {
	var answer struct {
		Data []struct {
			Callback word `json:"override_callback_uri"`
			App      struct {
				ID ident `json:"id"`
			} `json:"whatsapp_business_api_data"`
		} `json:"data"`
	}
	c := w.to(a, app, http.MethodGet, "")
	c.path = url.PathEscape(a.BusinessID) + "/subscribed_apps"
	if err := w.do(ctx, c, &answer); err != nil {
		return refusal(checkSubscription, err)
	}
	for _, s := range answer.Data {
		if app.AppID != "" && string(s.App.ID) != app.AppID {
			continue
		}
		if ours := w.webhook(app); s.Callback != "" && ours != "" && string(s.Callback) != ours {
			return failed(checkSubscription, "callback_elsewhere", string(s.Callback))
		}
		return passed(checkSubscription)
	}
	return failed(checkSubscription, "not_subscribed", "")
}

func (w whatsApp) checkTemplates(ctx context.Context, a chat.Account, app chat.ProviderApp) chat.Check {
	var answer struct {
		Data list `json:"data"`
	}
	c := w.to(a, app, http.MethodGet, "")
	c.path = url.PathEscape(a.BusinessID) + "/message_templates"
	c.query = url.Values{"status": {"APPROVED"}, "limit": {"1"}, "fields": {"name,status"}}
	if err := w.do(ctx, c, &answer); err != nil {
		return refusal(checkTemplates, err)
	}
	if len(answer.Data) == 0 {
		return doubtful(checkTemplates, "no_template", "")
	}
	return passed(checkTemplates)
}

// Subscribe implements channel.Connector. The address goes along, so that an app may serve installations beside ours.
func (w whatsApp) Subscribe(ctx context.Context, a chat.Account, app chat.ProviderApp) error {
	c := w.to(a, app, http.MethodPost, "")
	c.path = url.PathEscape(a.BusinessID) + "/subscribed_apps"
	body := object{}
	if address := w.webhook(app); address != "" {
		body["override_callback_uri"], body["verify_token"] = address, app.VerifyToken
	}
	c.body = body
	return w.do(ctx, c, &struct{}{})
}

// Check implements channel.Connector.
func (m messenger) Check(ctx context.Context, a chat.Account, app chat.ProviderApp) []chat.Check {
	looks := []func() chat.Check{
		func() chat.Check { return m.checkAccount(ctx, a, app) },
		func() chat.Check { return m.checkSubscription(ctx, a, app) },
	}
	if m.starts {
		looks = append(looks, func() chat.Check { return m.checkGetStarted(ctx, a, app) })
	}
	if base, _ := m.node(m.o, a); base == m.o.InstagramURL { // Instagram's own tokens can't be looked at
		return append(run(looks), m.checkWebhook(app))
	}
	return m.check(ctx, m.to(a, app, http.MethodGet, ""), m.scopes, looks...)
}

func run(looks []func() chat.Check) []chat.Check {
	var checks []chat.Check
	for _, look := range looks {
		checks = append(checks, look())
	}
	return checks
}

func (m messenger) checkAccount(ctx context.Context, a chat.Account, app chat.ProviderApp) chat.Check {
	var answer struct {
		User      ident `json:"user_id"` // of Instagram's two ids the one that webhooks name
		Instagram struct {
			ID ident `json:"id"`
		} `json:"instagram_business_account"`
		Username ident `json:"username"`
	}
	c := m.to(a, app, http.MethodGet, "")
	c.query = url.Values{"fields": {m.self(a)}}
	if err := m.do(ctx, c, &answer); err != nil {
		return refusal(checkAccount, err)
	}
	id := first(string(answer.User), string(answer.Instagram.ID))
	switch {
	case id != "" && id != a.ExternalID:
		return failed(checkAccount, "id_differs", id)
	case answer.Username != "" && !strings.EqualFold(string(answer.Username), strings.TrimPrefix(a.Handle, "@")):
		return failed(checkAccount, "handle_differs", string(answer.Username))
	}
	return passed(checkAccount)
}

func (m messenger) checkSubscription(ctx context.Context, a chat.Account, app chat.ProviderApp) chat.Check {
	var answer struct {
		Data []struct {
			ID     ident  `json:"id"`
			Fields []word `json:"subscribed_fields"`
		} `json:"data"`
	}
	if err := m.do(ctx, m.to(a, app, http.MethodGet, "subscribed_apps"), &answer); err != nil {
		return refusal(checkSubscription, err)
	}
	for _, s := range answer.Data {
		if app.AppID != "" && s.ID != "" && string(s.ID) != app.AppID {
			continue
		}
		missing := slices.DeleteFunc(slices.Clone(m.webhooks(a).needed), func(f string) bool { return slices.Contains(s.Fields, word(f)) })
		if len(missing) > 0 && len(s.Fields) > 0 {
			return doubtful(checkSubscription, "fields_missing", strings.Join(missing, ", "))
		}
		return passed(checkSubscription)
	}
	return failed(checkSubscription, "not_subscribed", "")
}

// checkGetStarted looks for the button without which a link's code gets lost in a new thread.
// https://developers.facebook.com/docs/messenger-platform/discovery/m-me-links
func (m messenger) checkGetStarted(ctx context.Context, a chat.Account, app chat.ProviderApp) chat.Check {
	var answer struct {
		Data []struct {
			Button *struct {
				Payload word `json:"payload"`
			} `json:"get_started"`
		} `json:"data"`
	}
	c := m.to(a, app, http.MethodGet, "messenger_profile")
	c.query = url.Values{"fields": {"get_started"}}
	if err := m.do(ctx, c, &answer); err != nil {
		return refusal(checkGetStarted, err)
	}
	for _, d := range answer.Data {
		if d.Button != nil && d.Button.Payload != "" {
			return passed(checkGetStarted)
		}
	}
	return failed(checkGetStarted, "get_started_missing", "")
}

// Subscribe implements channel.Connector: it asks for webhooks, and sets the Get Started button where there is one.
func (m messenger) Subscribe(ctx context.Context, a chat.Account, app chat.ProviderApp) error {
	fields := m.webhooks(a)
	err := m.ask(ctx, a, app, append(slices.Clone(fields.needed), fields.wished...))
	if e, ok := errors.AsType[*chat.SendError](err); ok && e.Class == chat.SendRejected {
		err = m.ask(ctx, a, app, fields.needed)
	}
	if err != nil || !m.starts {
		return err
	}
	if m.checkGetStarted(ctx, a, app).State == checkOK {
		return nil // the page's own payload does as well
	}
	c := m.to(a, app, http.MethodPost, "messenger_profile")
	c.body = object{"get_started": object{"payload": getStarted}}
	return m.do(ctx, c, &struct{}{})
}

func (m messenger) ask(ctx context.Context, a chat.Account, app chat.ProviderApp, fields []string) error {
	c := m.to(a, app, http.MethodPost, "subscribed_apps")
	c.query = url.Values{"subscribed_fields": {strings.Join(fields, ",")}}
	return m.do(ctx, c, &struct{}{})
}
