package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel/channeltest"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// update is channeltest's flag.
func update() bool { return flag.Lookup("update").Value.String() == "true" }

const delivery = chat.DeliveryID("dlv_aaaaaaaaaaaaaaaaaaaaaaaaaa")

func envelope() chat.Envelope {
	return chat.Envelope{
		Delivery: delivery, Account: chat.Account{ID: "acc_x", Channel: chat.ChannelEmail, Handle: "hello@marl.example"},
		To:   chat.Address{ID: "adr_x", UserID: "ada@shopper.example", Conversation: "cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa"},
		Form: chat.FormFree, Human: true, Message: chat.Message{Text: "Your cup is on its way."},
		Shop: "Marl", ReturnTo: "https://marl.example/cups?tagalong=t0ken", Words: chat.WordsIn("en"),
	}
}

func send(t *testing.T, a *Adapter, e chat.Envelope) (chat.Accepted, *chat.SendError) {
	t.Helper()
	got, err := a.Send(t.Context(), e, 0)
	if err == nil {
		return got, nil
	}
	refused, ok := errors.AsType[*chat.SendError](err)
	if !ok {
		t.Fatalf("not a send error: %v", err)
	}
	return got, refused
}

// bodies gives a message's header and its parts, by content type.
func bodies(t testing.TB, raw string) (mail.Header, map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the message is %s, %v", kind, err)
	}
	parts := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextPart() // decodes quoted-printable
		if errors.Is(err, io.EOF) {
			return m.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		b, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = strings.ReplaceAll(string(b), "\r\n", "\n")
	}
}

func TestALetterCarriesTheWordsAndTheWayBack(t *testing.T) {
	s := newSink(t, nil)
	got, refused := send(t, s.adapter(nil), envelope())
	if refused != nil {
		t.Fatal(refused)
	}
	h, parts := bodies(t, s.only())
	for name, want := range map[string]string{
		"From": `"Marl" <chat@marl.example>`, "To": "<ada@shopper.example>", "Reply-To": `"Marl" <hello@marl.example>`,
		"Subject": "Your chat with Marl", "Message-Id": "<" + string(delivery) + "@marl.example>", "Auto-Submitted": "", "User-Agent": "", "X-Mailer": "",
	} {
		if h.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, h.Get(name), want)
		}
	}
	if _, err := h.Date(); err != nil {
		t.Error(err)
	}
	if got.ProviderID != string(delivery)+"@marl.example" {
		t.Errorf("accepted as %q", got.ProviderID)
	}
	for _, kind := range []string{"text/plain", "text/html"} {
		for _, want := range []string{"Your cup is on its way.", "https://marl.example/cups?tagalong=t0ken", "Marl wrote to you"} {
			if !strings.Contains(parts[kind], want) {
				t.Errorf("the %s lacks %q:\n%s", kind, want, parts[kind])
			}
		}
	}
	if strings.Contains(parts["text/html"], "<img") || strings.Contains(parts["text/html"], "style=") {
		t.Errorf("the page fetches or styles inline:\n%s", parts["text/html"])
	}
	if !slices.Contains(s.said(), "RCPT TO:<ada@shopper.example>") {
		t.Errorf("said %q", s.said())
	}
}

func TestLettersOfAConversationHangTogether(t *testing.T) {
	headers := func(change func(*chat.Envelope)) mail.Header {
		s := newSink(t, nil)
		e := envelope()
		change(&e)
		if _, refused := send(t, s.adapter(nil), e); refused != nil {
			t.Fatal(refused)
		}
		h, _ := bodies(t, s.only())
		return h
	}
	first := headers(func(*chat.Envelope) {})
	again := headers(func(*chat.Envelope) {})
	answer := headers(func(e *chat.Envelope) {
		e.Delivery, e.ReplyTo = "dlv_bbbbbbbbbbbbbbbbbbbbbbbbbb", string(delivery)+"@marl.example"
	})
	foreign := headers(func(e *chat.Envelope) { e.ReplyTo = "wamid.x>\r\nBcc: eve@example.com\r\nX: <a@marl.example" })
	other := headers(func(e *chat.Envelope) { e.To.Conversation = "cnv_bbbbbbbbbbbbbbbbbbbbbbbbbb" })
	if first.Get("Message-Id") != again.Get("Message-Id") || first.Get("Message-Id") == answer.Get("Message-Id") {
		t.Error("a message id changes between tries, or stays between messages")
	}
	thread := first.Get("References")
	if thread == "" || first.Get("In-Reply-To") != thread || again.Get("References") != thread || foreign.Get("References") != thread ||
		foreign.Get("In-Reply-To") != thread || foreign.Get("Bcc") != "" {
		t.Errorf("threads: %q, %q, %q", thread, again.Get("References"), foreign)
	}
	if want := "<" + string(delivery) + "@marl.example>"; answer.Get("In-Reply-To") != want || answer.Get("References") != thread+" "+want {
		t.Errorf("an answer refers to %q and %q", answer.Get("In-Reply-To"), answer.Get("References"))
	}
	if other.Get("References") == thread || strings.Contains(thread, "cnv_") {
		t.Errorf("another conversation refers to %q, the first to %q", other.Get("References"), thread)
	}
}

func TestWhoWroteDecidesWhetherALetterIsAutomatic(t *testing.T) {
	s := newSink(t, nil)
	e := envelope()
	e.Human = false
	if _, refused := send(t, s.adapter(nil), e); refused != nil {
		t.Fatal(refused)
	}
	if h, _ := bodies(t, s.only()); h.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("a bot's is %q", h.Get("Auto-Submitted"))
	}
}

func TestAWayOutIsInTheHeaderWhenThereIsOne(t *testing.T) {
	for link, want := range map[string]string{
		"https://chat.example/stop/x": "<https://chat.example/stop/x>", "": "", "javascript:alert(1)": "", "https://a.example/>\r\nBcc: <eve@example.com": "",
	} {
		s := newSink(t, nil)
		a := s.adapter(func(o *Options) { o.Unsubscribe = func(chat.Envelope) string { return link } })
		if _, refused := send(t, a, envelope()); refused != nil {
			t.Fatal(refused)
		}
		h, parts := bodies(t, s.only())
		if h.Get("List-Unsubscribe") != want || h.Get("Bcc") != "" || strings.Contains(parts["text/html"], "Get no more") != (want != "") {
			t.Errorf("%q gave %q", link, h.Get("List-Unsubscribe"))
		}
	}
}

// full is an envelope with everything that a message can hold.
func full(language string) chat.Envelope {
	e := envelope()
	e.Words = chat.WordsIn(language)
	e.Shop = `Marl & "Sons" <b>`
	e.Message = chat.Message{
		Text:        "Hello <script>alert(1)</script>\nsecond line\n\nسلام — a second paragraph",
		Attachments: []chat.Attachment{{ID: "att_x", Name: "invoice & more.pdf"}},
		Cards: []chat.Card{{
			Title: "Cup <i>", Subtitle: "blue", URL: "https://marl.example/cup?a=1&b=2", Price: &chat.Money{Amount: 1900, Currency: "EUR"},
			Buttons: []chat.Button{{Kind: "url", Title: "Size guide", URL: "https://marl.example/sizes"}, {Kind: "reply", Title: "No"}},
		}},
		Coupon: &chat.CouponOffer{Code: "CUP10", Description: "10 % off"}, Order: "#1001", Choices: []chat.Choice{{ID: "a", Title: "Yes"}, {ID: "b", Title: "No"}},
	}
	return e
}

func TestLettersInEachLanguage(t *testing.T) {
	for language := range words() {
		a := newSink(t, nil).adapter(func(o *Options) {
			o.FileURL = func(f chat.Attachment) string { return "https://files.example/" + string(f.ID) }
			o.Unsubscribe = func(chat.Envelope) string { return "https://chat.example/stop/x" }
		})
		l := a.write(full(language))
		page, err := l.html()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "letter."+language+".txt", l.text())
		golden(t, "letter."+language+".html", page)
		if strings.Contains(page, "<script") || strings.Contains(page, "<i>") || strings.Contains(page, "<b>") {
			t.Errorf("%s: the page lets something through", language)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if update() {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s has changed (%v):\n%s", name, err, got)
	}
}

// What a letter makes of the messages that every channel must be able to send is in testdata/send.
func TestMessagesAsTheyGoOut(t *testing.T) {
	for _, c := range channeltest.Cases(envelope().Account, envelope().To) {
		s := newSink(t, nil)
		a := s.adapter(func(o *Options) {
			o.FileURL = func(f chat.Attachment) string { return "https://files.example/" + string(f.ID) + "?sig=0123" }
		})
		if n, err := a.Parts(c.Envelope); n != 1 || err != nil {
			golden(t, "send/"+c.Name+".txt", fmt.Sprintf("refused: %v\n", err))
			continue
		}
		if _, refused := send(t, a, c.Envelope); refused != nil {
			t.Errorf("%s: %v", c.Name, refused)
			continue
		}
		raw := s.only()
		if strings.Contains(raw, channeltest.Token) {
			t.Errorf("%s: the token went along", c.Name)
		}
		_, parts := bodies(t, raw)
		golden(t, "send/"+c.Name+".txt", parts["text/plain"])
		if _, err := a.Send(t.Context(), c.Envelope, 1); err == nil {
			t.Errorf("%s: one more part can be sent", c.Name)
		}
	}
}

func TestAMessageThatSaysNothingIsRefused(t *testing.T) {
	e := envelope()
	e.Message.Text = " \n\t"
	if n, err := newSink(t, nil).adapter(nil).Parts(e); n != 0 || err == nil {
		t.Errorf("%d parts, %v", n, err)
	}
}

func TestAllLanguagesSayTheSame(t *testing.T) {
	for language, w := range words() {
		for word, en := range words()["en"] {
			if w[word] == "" || strings.Count(w[word], "{shop}") != strings.Count(en, "{shop}") || strings.Contains(w[word], "{address}") != strings.Contains(en, "{address}") {
				t.Errorf("%s: %q is %q", language, word, w[word])
			}
		}
		if len(w) != len(words()["en"]) {
			t.Errorf("%s has %d words", language, len(w))
		}
	}
	for language, want := range map[string]string{"de-AT": "de", "AR": "ar", "ar_EG": "ar", "fr": "en", "": "en", "x": "en"} {
		if got := speak(language, "").language; got != want {
			t.Errorf("%q is answered in %s", language, got)
		}
	}
}

func TestWhatTheServerSaysDecidesWhatBecomesOfAMessage(t *testing.T) {
	for name, c := range map[string]struct {
		says map[string]string
		want chat.SendClass
		code string
		by   string
	}{
		"too busy to greet":         {map[string]string{"CONNECT": "421 4.3.2 later"}, chat.SendRetry, "mail_later", "421 4.3.2"},
		"no service at all":         {map[string]string{"CONNECT": "554 no"}, chat.SendRetry, "mail_later", "554"},
		"a sender put off":          {map[string]string{"MAIL": "451 4.7.1 later"}, chat.SendRetry, "mail_later", "451 4.7.1"},
		"a sender refused":          {map[string]string{"MAIL": "550 5.7.1 not you"}, chat.SendStopAccount, "mail_sender", "550 5.7.1"},
		"a login that is needed":    {map[string]string{"MAIL": "530 5.7.0 log in"}, chat.SendStopAccount, "mail_sender", "530 5.7.0"},
		"a grey list":               {map[string]string{"RCPT": "450 4.2.0 greylisted"}, chat.SendRetry, "mail_later", "450 4.2.0"},
		"a full mailbox":            {map[string]string{"RCPT": "452 4.2.2 full"}, chat.SendRetry, "mail_later", "452 4.2.2"},
		"nobody of that name":       {map[string]string{"RCPT": "550 5.1.1 no such user"}, chat.SendUnreachable, "no_mailbox", "550 5.1.1"},
		"nobody, in plain words":    {map[string]string{"RCPT": "550 no such user"}, chat.SendUnreachable, "no_mailbox", "550"},
		"a policy against it":       {map[string]string{"RCPT": "550 5.7.1 relaying denied"}, chat.SendGiveUp, "mail_refused", "550 5.7.1"},
		"no content now":            {map[string]string{"DATA": "451 4.3.0 later"}, chat.SendRetry, "mail_later", "451 4.3.0"},
		"a message put off":         {map[string]string{".": "451 4.3.0 later"}, chat.SendRetry, "mail_later", "451 4.3.0"},
		"a message taken for spam":  {map[string]string{".": "554 5.7.1 spam"}, chat.SendGiveUp, "mail_refused", "554 5.7.1"},
		"a message that is too big": {map[string]string{".": "552 5.3.4 too big"}, chat.SendGiveUp, "mail_refused", "552 5.3.4"},
		"a goodbye that is refused": {map[string]string{"QUIT": "500 what"}, "", "", ""},
	} {
		s := newSink(t, func(s *sink) { s.says = c.says })
		_, refused := send(t, s.adapter(nil), envelope())
		if c.want == "" {
			if refused != nil {
				t.Errorf("%s: %+v", name, refused)
			}
			continue
		}
		if refused == nil || refused.Class != c.want || refused.Code != c.code || refused.Provider != c.by {
			t.Errorf("%s: %+v", name, refused)
		}
	}
}

func TestAServerThatGoesAwayLeavesDoubtOnlyOnceItHasEverything(t *testing.T) {
	for _, at := range []string{"CONNECT", "EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"} {
		want := chat.SendRetry
		switch at {
		case ".":
			want = chat.SendUncertain
		case "QUIT":
			want = ""
		}
		s := newSink(t, func(s *sink) { s.drops = at })
		_, refused := send(t, s.adapter(nil), envelope())
		if want == "" && refused != nil || want != "" && (refused == nil || refused.Class != want) {
			t.Errorf("it hung up at %s: %+v", at, refused)
		}
		if at == "QUIT" {
			continue // it has its own time, and has been answered before
		}
		s = newSink(t, func(s *sink) { s.hangs = at })
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-s.stuck
			cancel()
		}()
		_, err := s.adapter(nil).Send(ctx, envelope(), 0)
		if e, ok := errors.AsType[*chat.SendError](err); !ok || e.Class != want {
			t.Errorf("it fell silent at %s: %v", at, err)
		}
	}
}

func TestNobodyThereIsAReasonToTryAgain(t *testing.T) {
	s := newSink(t, nil)
	_ = s.listen.Close()
	if _, refused := send(t, s.adapter(nil), envelope()); refused == nil || refused.Class != chat.SendRetry {
		t.Errorf("%+v", refused)
	}
}

func TestOnlyOneAddressIsWrittenTo(t *testing.T) {
	s := newSink(t, nil)
	a := s.adapter(nil)
	for _, to := range []string{
		"", "ada", "ada@shopper.example, eve@example.com", "Ada <ada@shopper.example>", "<ada@shopper.example>", "ada@shopper.example\r\nBcc: eve@example.com",
		"ada@shopper.example\n", " ada@shopper.example", "a\x00@shopper.example",
	} {
		e := envelope()
		e.To.UserID, e.To.Keys = to, nil
		if _, refused := send(t, a, e); refused == nil || refused.Class != chat.SendUnreachable || refused.Code != "bad_address" {
			t.Errorf("%q: %+v", to, refused)
		}
	}
	if len(s.said()) != 0 {
		t.Errorf("the server was asked: %q", s.said())
	}
	e := envelope()
	e.To.UserID, e.To.Keys = "", []string{"x:1", "mail:ada@shopper.example"}
	if _, refused := send(t, a, e); refused != nil {
		t.Errorf("an address that is a key only: %+v", refused)
	}
}

// certified gives a certificate for 127.0.0.1, and who believes it.
func certified(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.TLS.Certificates[0], pool
}

func TestAPasswordGoesOverAnEncryptedConnectionOnly(t *testing.T) {
	cert, pool := certified(t)
	with := func(set func(*sink), trusted bool) (*sink, *chat.SendError) {
		s := newSink(t, func(s *sink) {
			s.tls = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
			set(s)
		})
		a := s.adapter(func(o *Options) { o.Server = "smtp://chat:pass%40word@" + s.listen.Addr().String() })
		if trusted {
			a.server.config = &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
		}
		_, refused := send(t, a, envelope())
		return s, refused
	}
	s, refused := with(func(*sink) {}, true)
	if refused != nil || s.came() != 1 || !slices.Contains(s.said(), "STARTTLS") ||
		!slices.Contains(s.said(), "AUTH PLAIN AGNoYXQAcGFzc0B3b3Jk") {
		t.Errorf("%+v, said %q", refused, s.said())
	}
	if s, refused = with(func(*sink) {}, false); refused == nil || refused.Class != chat.SendReconnect || refused.Code != "mail_certificate" {
		t.Errorf("an unknown certificate: %+v, said %q", refused, s.said())
	}
	wrong := func(s *sink) { s.says = map[string]string{"AUTH": "535 5.7.8 bad credentials"} }
	if _, refused = with(wrong, true); refused == nil || refused.Class != chat.SendReconnect || refused.Code != "mail_login" {
		t.Errorf("a wrong password: %+v", refused)
	}
	busy := func(s *sink) { s.says = map[string]string{"AUTH": "454 4.7.0 later"} }
	if _, refused = with(busy, true); refused == nil || refused.Class != chat.SendRetry {
		t.Errorf("a login put off: %+v", refused)
	}
}

func TestAServerMayBeEncryptedFromTheFirstByte(t *testing.T) {
	cert, pool := certified(t)
	try := func(s *sink) *chat.SendError {
		a := s.adapter(func(o *Options) { o.Server = "smtps://" + s.listen.Addr().String() })
		a.server.config = &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
		_, refused := send(t, a, envelope())
		return refused
	}
	s := newSink(t, func(s *sink) {
		s.listen = tls.NewListener(s.listen, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	})
	if refused := try(s); refused != nil || s.came() != 1 {
		t.Errorf("%+v", refused)
	}
	if refused := try(newSink(t, nil)); refused == nil || refused.Class != chat.SendRetry {
		t.Errorf("a server that speaks plainly: %+v", refused)
	}
}

func TestSettingsAreReadWithoutRepeatingThePassword(t *testing.T) {
	for server, ok := range map[string]bool{
		"smtp://mail.example": true, "smtps://u:p@mail.example:465": true, "http://u:secret@mail.example": false, "smtp://": false, "mail.example:25": false,
		"smtp://u:sec ret@mail.example": false, "": false,
	} {
		a, err := New(Options{Server: server, From: "chat@marl.example"})
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "sec") {
			t.Errorf("%q: %v", server, err)
		}
		if err == nil && a.server.port != map[bool]string{false: "587", true: "465"}[a.server.tls] {
			t.Errorf("%q goes to port %s", server, a.server.port)
		}
	}
	if _, err := New(Options{Server: "smtp://mail.example", From: "nobody"}); err == nil {
		t.Error("took a sender that is no address")
	}
}

func TestACheckGreetsAndSendsNothing(t *testing.T) {
	s := newSink(t, nil)
	checks := s.adapter(nil).Check(t.Context(), envelope().Account, chat.ProviderApp{})
	if len(checks) != 2 || checks[0] != (chat.Check{Name: "account", State: "ok"}) || checks[1].State != "ok" || s.came() != 0 {
		t.Errorf("%+v", checks)
	}
	s = newSink(t, func(s *sink) { s.says = map[string]string{"EHLO": "550 no", "HELO": "550 5.7.1 no"} })
	checks = s.adapter(nil).Check(t.Context(), chat.Account{}, chat.ProviderApp{})
	if len(checks) != 2 || checks[0].State != "failed" || checks[0].Code != "mail_later" || checks[1].Code != "no_mailbox" {
		t.Errorf("%+v", checks)
	}
}

func FuzzNothingThatIsSaidBecomesAHeader(f *testing.F) {
	f.Add("Marl", "Hello", "hello@marl.example", "Chat")
	f.Add("Marl\r\nBcc: eve@example.com", "\r\n.\r\nMAIL FROM:<x>", "a@b\r\nX: y", "a\nb")
	f.Add("\xff\u2028\u202e=?utf-8?q?=0D=0ABcc:_x?=", strings.Repeat("é", 300), `"a b"@c`, "")
	known := []string{
		"Auto-Submitted", "Content-Type", "Date", "From", "In-Reply-To", "Message-Id", "Mime-Version", "References", "Reply-To", "Subject", "To",
	}
	f.Fuzz(func(t *testing.T, shop, text, handle, file string) {
		a, err := New(Options{Server: "smtp://localhost", From: "chat@marl.example", Now: func() time.Time { return time.Unix(1_790_000_000, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		e := envelope()
		e.Shop, e.Message.Text, e.Account.Handle = shop, text, handle
		e.Message.Attachments = []chat.Attachment{{Name: file}}
		m, err := a.compose(e, "ada@shopper.example", a.messageID(e))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		read, err := mail.ReadMessage(&b)
		if err != nil {
			t.Fatalf("%v:\n%s", err, b.String())
		}
		for name, values := range read.Header {
			if !slices.Contains(known, name) || len(values) != 1 {
				t.Errorf("header %s: %q", name, values)
			}
		}
		if to, err := read.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "ada@shopper.example" {
			t.Errorf("goes to %v, %v", to, err)
		}
	})
}
