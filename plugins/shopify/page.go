package shopify

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

//go:embed page.html bounce.html locales/*.json
var files embed.FS

// pages are the merchant's page and its texts in each language.
type pages struct {
	page, bounce *template.Template
	texts        map[string]map[string]string
}

func loadPages() (pages, error) {
	all, err := template.ParseFS(files, "*.html")
	if err != nil {
		return pages{}, err
	}
	p := pages{page: all.Lookup("page.html"), bounce: all.Lookup("bounce.html"), texts: map[string]map[string]string{}}
	names, err := fs.Glob(files, "locales/*.json")
	if err != nil {
		return p, err
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return p, err
		}
		texts := map[string]string{}
		if err := json.Unmarshal(raw, &texts); err != nil {
			return p, fmt.Errorf("%s: %w", name, err)
		}
		p.texts[strings.TrimSuffix(path.Base(name), ".json")] = texts
	}
	return p, nil
}

// language is the one of ours that fits the merchant's, as in "de" for "de-AT".
func (p pages) language(locale string) string {
	if short, _, _ := strings.Cut(strings.ToLower(locale), "-"); p.texts[short] != nil {
		return short
	}
	return "en"
}

// page is what a merchant opens in Shopify's admin.
func (a *App) page(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	shop := query.Get("shop")
	if a.o.Standalone {
		a.standalone(w, r, shop)
		return
	}
	session, err := oauth.VerifySession(query.Get("id_token"), a.o.ClientID, a.o.Secrets, a.now())
	if err != nil || shop != "" && shop != session.Shop {
		a.again(w, r, shop)
		return
	}
	i, err := a.installed(r.Context(), session.Shop, query.Get("id_token"))
	if err != nil {
		a.fail(w, "a session gave no token", session.Shop, err)
		return
	}
	a.render(w, r, i, query.Get("locale"))
}

// standalone is the page of an app that opens outside the admin: Shopify signs the way there.
func (a *App) standalone(w http.ResponseWriter, r *http.Request, shop string) {
	if !sign.IsShop(shop) || !a.o.Secrets.AppURL(r.URL.Query(), a.now()) {
		http.Error(w, "Please open the app from Shopify.", http.StatusBadRequest)
		return
	}
	i, err := a.store.Installation(r.Context(), shop)
	if err != nil || !i.Active() {
		http.Redirect(w, r, "/auth?"+url.Values{"shop": {shop}}.Encode(), http.StatusFound)
		return
	}
	a.render(w, r, i, r.URL.Query().Get("locale"))
}

// again sends a browser that came without a good session token through App Bridge, which makes one; once.
func (a *App) again(w http.ResponseWriter, r *http.Request, shop string) {
	query := r.URL.Query()
	if !sign.IsShop(shop) || query.Get("again") != "" {
		http.Error(w, "Please open the app from Shopify.", http.StatusBadRequest)
		return
	}
	back := url.Values{"shop": {shop}, "host": {query.Get("host")}, "locale": {query.Get("locale")}, "embedded": {"1"}, "again": {"1"}}
	to := url.Values{"shop": {shop}, "host": {query.Get("host")}, "shopify-reload": {a.o.URL + "/?" + back.Encode()}}
	http.Redirect(w, r, "/bounce?"+to.Encode(), http.StatusFound)
}

// bounce has App Bridge and nothing else: it adds a session token to the address in shopify-reload and goes there
// (https://shopify.dev/docs/apps/build/authentication-authorization/set-embedded-app-authorization, "session token bounce page").
func (a *App) bounce(w http.ResponseWriter, r *http.Request) {
	shop, reload := r.URL.Query().Get("shop"), r.URL.Query().Get("shopify-reload")
	if !sign.IsShop(shop) || !strings.HasPrefix(reload, a.o.URL+"/?") {
		http.Error(w, "Please open the app from Shopify.", http.StatusBadRequest)
		return
	}
	a.write(w, shop, a.pages.bounce, struct{ ClientID string }{a.o.ClientID})
}

// view is what the page shows.
type view struct {
	T                                     map[string]string
	Language, Direction, ClientID, Bridge string
	Connected, Backfilled                 bool
	ChatName, Looked, LookedText          string
	Failed                                int
	ConnectURL, EditorURL, InboxURL       string
	DisconnectURL, RetryURL               string
	DisconnectTicket, RetryTicket         string
}

const shownFailures = 100

func (a *App) render(w http.ResponseWriter, r *http.Request, i store.Installation, locale string) {
	dead, err := a.store.Dead(r.Context(), i.Shop, shownFailures)
	if err != nil {
		a.fail(w, "the page cannot be shown", i.Shop, err)
		return
	}
	language := a.pages.language(locale)
	v := view{
		T: a.pages.texts[language], Language: language, Direction: "ltr", ClientID: a.o.ClientID,
		Connected: i.Chat.Ready(), ChatName: i.Chat.Name, Backfilled: i.Backfilled, Failed: len(dead), InboxURL: i.Chat.Inbox,
		ConnectURL: a.o.URL + "/connect/start?" + url.Values{"ticket": {a.ticket(actConnect, i.Shop)}}.Encode(), EditorURL: a.editor(i.Shop),
		DisconnectTicket: a.ticket(actDisconnect, i.Shop), RetryTicket: a.ticket(actRetry, i.Shop),
	}
	// App Bridge reads both from the address, after a form too.
	query := "?" + url.Values{"shop": {i.Shop}, "host": {r.URL.Query().Get("host")}}.Encode()
	v.DisconnectURL, v.RetryURL = "/disconnect"+query, "/retry"+query
	if language == "ar" {
		v.Direction = "rtl"
	}
	if !i.LookedAt.IsZero() {
		v.Looked, v.LookedText = i.LookedAt.Format(time.RFC3339), i.LookedAt.Format("2006-01-02 15:04 UTC")
	}
	if !a.o.Standalone {
		v.Bridge = "https://cdn.shopify.com/shopifycloud/app-bridge.js"
	}
	a.write(w, i.Shop, a.pages.page, v)
}

// editor is where the merchant switches the chat on in the theme: an app's embeds are off after its installation.
func (a *App) editor(shop string) string {
	query := url.Values{"context": {"apps"}, "template": {"index"}, "activateAppId": {a.o.ClientID + "/" + a.o.Block}}
	return "https://" + shop + "/admin/themes/current/editor?" + query.Encode()
}

// write lets only the shop's own admin frame the page, as Shopify demands
// (https://shopify.dev/docs/apps/build/security/set-up-iframe-protection).
func (a *App) write(w http.ResponseWriter, shop string, t *template.Template, data any) {
	ancestors := "https://" + shop + " https://admin.shopify.com"
	if a.o.Standalone {
		ancestors = "'none'"
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		a.fail(w, "the page cannot be shown", shop, err)
		return
	}
	w.Header().Set("Content-Security-Policy", "frame-ancestors "+ancestors+
		"; script-src https://cdn.shopify.com; object-src 'none'; base-uri 'none'; form-action 'self'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}
