package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// App is what a merchant registers with Meta: it owns the secret that signs
// webhooks and says where they go.
type App struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Secret string `json:"secret"`

	// InstagramSecret signs webhooks of Instagram accounts; empty: Secret does.
	// Meta does not say which of an app's two secrets it is.
	InstagramSecret string `json:"instagram_secret,omitempty"`

	RequireProof bool `json:"require_proof"` // calls need appsecret_proof
	HumanAgent   bool `json:"human_agent"`   // has the Human Agent feature
	Development  bool `json:"development"`   // not live: reaches role users only

	Callback  Callback            `json:"callback"`
	Callbacks map[string]Callback `json:"callbacks,omitempty"` // by object, where it is another
}

// Callback is an address for webhooks. It must have proved to know the verify
// token before anything is sent to it.
type Callback struct {
	URL         string `json:"url"`
	VerifyToken string `json:"verify_token"`
}

// Objects of webhooks.
const (
	ObjectWhatsApp  = "whatsapp_business_account"
	ObjectPage      = "page"
	ObjectInstagram = "instagram"
)

type app struct {
	App
	verified map[string]bool // callback addresses
}

// AddApp registers an app. Its callbacks are checked at once; without any, it
// hears nothing until SetCallback.
func (w *World) AddApp(ctx context.Context, a App) error {
	if a.ID == "" || a.Secret == "" {
		return errors.New("graph: an app needs an id and a secret")
	}
	w.mu.Lock()
	w.apps[a.ID] = &app{App: a, verified: map[string]bool{}}
	w.mu.Unlock()
	if a.Callback.URL != "" {
		if err := w.SetCallback(ctx, a.ID, "", a.Callback); err != nil {
			return err
		}
	}
	for object, c := range a.Callbacks {
		if err := w.SetCallback(ctx, a.ID, object, c); err != nil {
			return err
		}
	}
	return nil
}

// SetCallback sends webhooks of an object (all: "") to another address, after it
// passed the handshake.
func (w *World) SetCallback(ctx context.Context, appID, object string, c Callback) error {
	if err := w.handshake(ctx, appID, c); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.apps[appID]
	if a == nil {
		return fmt.Errorf("graph: no app %s", appID)
	}
	a.verified[c.URL] = true
	if object == "" {
		a.Callback = c
		return nil
	}
	if a.Callbacks == nil {
		a.Callbacks = map[string]Callback{}
	}
	a.Callbacks[object] = c
	return nil
}

// SetSecret rotates the secret: webhooks are signed with the new one at once.
func (w *World) SetSecret(appID, secret string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.apps[appID]
	if a == nil {
		return fmt.Errorf("graph: no app %s", appID)
	}
	a.Secret = secret
	return nil
}

// DashboardTest sends what the button Test beside Instagram's webhooks sends: an
// event of nobody, with an id of 0 and a time in seconds, as a string.
func (w *World) DashboardTest(appID string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.apps[appID]
	if a == nil {
		return fmt.Errorf("graph: no app %s", appID)
	}
	event := object{
		"sender": object{"id": "12334"}, "recipient": object{"id": "23245"}, "timestamp": "1527459824",
		"message": object{"mid": "random_mid", "text": "random_text"},
	}
	body := object{"object": ObjectInstagram, "entry": []object{{
		"id": "0", "time": w.now().UnixMilli(), "messaging": []object{event},
	}}}
	p := &parcel{
		app: appID, object: ObjectInstagram, url: a.callback(ObjectInstagram).URL,
		body: escape(plainJSON(body)), ids: []string{"random_mid"}, first: w.now(),
	}
	w.later(0, true, func(ctx context.Context) { w.try(ctx, p) })
	return nil
}

func (a *app) callback(object string) Callback {
	if c, ok := a.Callbacks[object]; ok {
		return c
	}
	return a.Callback
}

// secret is what webhooks of an object are signed with.
func (a *app) secret(object string) string {
	if object == ObjectInstagram && a.InstagramSecret != "" {
		return a.InstagramSecret
	}
	return a.Secret
}

// handshake asks the address to repeat a challenge, as Meta's page "Webhooks:
// verification requests" says.
func (w *World) handshake(ctx context.Context, appID string, c Callback) error {
	w.mu.Lock()
	challenge := w.chance.digits(10)
	w.mu.Unlock()
	address, err := url.Parse(c.URL)
	if err != nil {
		return fmt.Errorf("graph: callback: %w", err)
	}
	query := address.Query()
	query.Set("hub.mode", "subscribe")
	query.Set("hub.verify_token", c.VerifyToken)
	query.Set("hub.challenge", challenge)
	address.RawQuery = query.Encode()
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	status, body, err := w.get(ctx, address.String())
	if err == nil && (status != http.StatusOK || strings.TrimSpace(body) != challenge) {
		err = fmt.Errorf("answered %d and not the challenge", status)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	entry := Entry{Kind: EntryHandshake, App: appID, URL: c.URL, Status: status}
	if err != nil {
		entry.Error = err.Error()
		err = fmt.Errorf("graph: callback %s: %w", c.URL, err)
	}
	w.note(entry)
	return err
}

func (w *World) get(ctx context.Context, address string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := w.options.Client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	return response.StatusCode, string(raw), err
}

// webhookTimeout is how long Meta waits for an answer.
const webhookTimeout = 5 * time.Second
