package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/simulator"
	"github.com/tagalong-chat/tagalong/server/simulator/identity"
	"github.com/tagalong-chat/tagalong/server/simulator/shop"
)

// The demo's people. The password protects nothing: the demo listens on loopback.
const (
	demoEmail    = "noor@marl.example"
	demoPassword = "demo-password-1"
)

// demoState is what a demo in a given folder needs to go on after a restart.
type demoState struct {
	Installed
	IdentityKID    string `json:"identity_kid"`
	IdentitySecret string `json:"identity_secret"`
	Seeded         bool   `json:"seeded"`
}

// Demo runs a server, a demo shop with the widget and a start page on one port, each on its own host below localhost. Its data is
// in c.Data, or in a temporary folder that is removed at the end. out gets what a person should read.
func Demo(ctx context.Context, c Config, log *slog.Logger, seed bool, out func(string)) error {
	if c.Data == "" {
		dir, err := os.MkdirTemp("", "tagalong-demo-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		c.Data = dir
	}
	ln, err := demoListener(ctx, c.Addr)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return err
	}
	at := func(host string) string { return "http://" + host + ":" + port }
	c.PublicURL, c.InboxURL, c.FilesURL, c.TLS = at("chat.localhost"), at("inbox.localhost"), at("files.localhost"), "off"
	world, err := newDemoWorld(ctx, &c, at, log)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	p, err := assemble(ctx, c, log)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	state, err := p.demoState(ctx, at("shop.localhost"))
	if err != nil {
		return errors.Join(err, ln.Close(), p.store.Close())
	}
	store := shop.New(shop.Options{
		PublicURL: p.hosts.Public, ShopID: string(state.Shop), ShopKey: state.ShopKey, PluginKey: state.PluginKey,
		IdentityKID: state.IdentityKID, IdentitySecret: state.IdentitySecret, BaseURL: at("shop.localhost"), Log: log,
	})
	start := simulator.StartPage(simulator.StartOptions{
		ShopURL: at("shop.localhost"), InboxURL: p.hosts.Inbox, ServerURL: at("localhost"), PhoneURL: at("phone.localhost"),
	})
	routes := p.routes(func(hosts map[string]http.Handler, agents *http.ServeMux) {
		agents.Handle("POST /demo/sign-in", p.demoSignIn())
		hosts["shop.localhost:"+port] = store.Handler()
		world.hosts(p, hosts)
		for _, name := range []string{"localhost", "127.0.0.1", "[::1]"} {
			hosts[name+":"+port] = start
		}
	})
	beside := []func(context.Context) error{store.Run, world.Run, world.page.Run, func(ctx context.Context) error {
		if err := world.connect(ctx, p, state); err != nil && ctx.Err() == nil {
			p.log.Error("the demo's channels could not be connected", "error", err)
		}
		return nil // the demo itself goes on
	}}
	if seed && !state.Seeded {
		beside = append(beside, func(ctx context.Context) error { return p.seedDemo(ctx, state, at("shop.localhost")) })
	}
	return p.serveOn(ctx, ln, nil, routes, func(net.Addr) {
		out(fmt.Sprintf("Tagalong demo: open %s/\n\n  shop    %s/\n  inbox   %s/inbox/  (%s / %s)\n  phones  %s/\n  data    %s\n\nCtrl-C ends it.\n",
			at("localhost"), at("shop.localhost"), p.hosts.Inbox, demoEmail, demoPassword, at("phone.localhost"), c.Data))
	}, beside...)
}

// demoListener listens on the given address, or on a free port when the default one is taken.
func demoListener(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err == nil || addr != defaultAddr {
		return ln, err
	}
	return lc.Listen(ctx, "tcp", "127.0.0.1:0")
}

// demoState sets the demo's merchant up, or reads what an earlier demo in the same folder has left.
func (p *parts) demoState(ctx context.Context, shopURL string) (demoState, error) {
	var state demoState
	name := p.demoFile()
	b, err := os.ReadFile(name)
	if err == nil {
		if err := json.Unmarshal(b, &state); err != nil {
			return state, fmt.Errorf("%s: %w", name, err)
		}
		return state, p.moveDemoShop(ctx, state, shopURL)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return state, err
	}
	if state.Installed, err = setup(ctx, p.store, p.auth, p.hosts, Setup{
		Merchant: "Marl", Shop: "Marl Stoneware", Origins: []string{shopURL}, Language: "en", Currency: "EUR", TimeZone: "Europe/Berlin",
		Settings: demoSettings(), Email: demoEmail, Name: "Noor", Plugin: "Marl studio",
	}); err != nil {
		return state, err
	}
	_, token, _ := strings.Cut(state.OwnerLink, "#/reset/")
	if err := p.auth.CompleteReset(ctx, token, demoPassword, "demo"); err != nil {
		return state, err
	}
	s, err := p.store.Shop(ctx, state.Merchant, state.Shop)
	if err != nil {
		return state, err
	}
	secret, err := p.auth.NewIdentitySecret(ctx, s)
	if err != nil {
		return state, err
	}
	state.IdentityKID, state.IdentitySecret = secret.KID, string(secret.Secret)
	return state, p.keepDemo(state)
}

func demoSettings() chat.ShopSettings {
	return chat.ShopSettings{
		Color: "#A8482A", Languages: []string{"en", "de", "ar"},
		Greeting: map[string]string{
			"en": "Hello! What are you looking for?", "de": "Hallo! Wonach suchen Sie?", "ar": "مرحبًا! كيف نساعدك؟",
		},
	}
}

// moveDemoShop lets the shop's pages load the widget when the demo has come back on another port.
func (p *parts) moveDemoShop(ctx context.Context, state demoState, shopURL string) error {
	s, err := p.store.Shop(ctx, state.Merchant, state.Shop)
	if err != nil {
		return err
	}
	if len(s.Origins) == 1 && s.Origins[0] == shopURL {
		return nil
	}
	s.Origins = []string{shopURL}
	return p.store.UpdateShop(ctx, s)
}

func (p *parts) demoFile() string { return filepath.Join(p.config.Data, "demo.json") }

func (p *parts) keepDemo(state demoState) error {
	b, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return err
	}
	return writeDurably(p.demoFile(), b)
}

// demoSignIn signs the demo's agent in: the start page's button leads here. It exists in the demo alone.
func (p *parts) demoSignIn() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, cookie, err := p.auth.Login(r.Context(), demoEmail, demoPassword, "demo")
		if err != nil {
			p.log.Error("demo sign-in", "error", err)
			http.Error(w, "The demo's agent could not be signed in.", http.StatusInternalServerError)
			return
		}
		http.SetCookie(w, cookie)
		http.Redirect(w, r, "/inbox/", http.StatusSeeOther)
	}
}

// seedDemo plays the seeded conversations over the public API, once.
func (p *parts) seedDemo(ctx context.Context, state demoState, shopURL string) error {
	err := simulator.Play(ctx, simulator.PlayOptions{
		PublicURL: p.hosts.Public, ShopID: string(state.Shop), ShopKey: state.ShopKey, PluginKey: state.PluginKey,
		Identity: identity.Secret{KID: state.IdentityKID, Secret: state.IdentitySecret}, ShopURL: shopURL, Log: p.log,
	}, simulator.Seed())
	if err != nil {
		if ctx.Err() == nil {
			p.log.Error("the demo's conversations could not be played", "error", err)
		}
		return nil // the demo itself goes on
	}
	state.Seeded = true
	return p.keepDemo(state)
}
