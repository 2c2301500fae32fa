package chat

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// The away template tells a shopper who is gone, and to whom nothing may be written freely, that there is an answer. It goes out by
// itself, so the shop has to have chosen it; and once, until they say something.

// awayTemplate gives the template that may go out by itself to a way, in the language nearest to the shopper's; nil: none.
func (s *Service) awayTemplate(ctx context.Context, shop Shop, c Conversation, w Way) (*Template, error) {
	away, ok := shop.Settings.Handoff.Templates[w.Address.Channel]
	if !ok || away.Name == "" || !w.Rules.Templates {
		return nil, nil //nolint:nilnil // none is configured
	}
	all, err := s.store.Templates(ctx, w.Account.ID)
	if err != nil {
		return nil, err
	}
	return nearest(all, away.Name, c.Shopper.Language, shop.Language), nil
}

// nearest finds a template by its name in the first language that it has: exactly, then by the language alone, then any that is
// approved, so that they hear of their answer at all.
func nearest(all []Template, name string, languages ...string) *Template {
	var named []Template
	for _, t := range all {
		if t.Name == name {
			named = append(named, t)
		}
	}
	for _, want := range languages {
		for _, form := range []func(string) string{tag, primary} {
			i := slices.IndexFunc(named, func(t Template) bool { return want != "" && form(t.Language) == form(want) })
			if i >= 0 {
				return &named[i]
			}
		}
	}
	slices.SortStableFunc(named, func(a, b Template) int { return strings.Compare(string(a.Status), string(b.Status)) })
	if len(named) == 0 {
		return nil
	}
	return &named[0] // "approved" sorts first
}

// tag gives a language tag in one spelling, be it a provider's (pt_BR) or BCP 47 (pt-BR).
func tag(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "-")) }

func primary(s string) string {
	first, _, _ := strings.Cut(tag(s), "-")
	return first
}

// awayWords are what the shop's words for a template's places may name.
type awayWords struct {
	shopper, shop, message, link string
}

// use fills a template with the shop's words for it. What the template then lacks is an error: it is not as it was when the shop
// chose it.
func (a AwayTemplate) use(t Template, w awayWords) (TemplateUse, error) {
	u := TemplateUse{Body: map[string]string{}, Away: true}
	for _, name := range t.Body.Params {
		u.Body[name] = w.say(a.Params[name])
	}
	if t.Header != nil {
		u.Header = map[string]string{}
		for _, name := range t.Header.places() {
			u.Header[name] = w.say(a.Params["header."+name])
		}
	}
	for i, b := range t.Buttons {
		if !b.filled() {
			continue
		}
		if u.Buttons == nil {
			u.Buttons = map[int]string{}
		}
		u.Buttons[i] = w.say(a.Button)
		if a.Button == "{link}" {
			u.Buttons[i] = suffix(b.URL, w.link)
		}
	}
	u, _, err := t.Fill(u)
	return u, err
}

// What stands for a name that nobody knows, and for a message without words: a place must not be empty, and these are the same in all
// languages.
const (
	noName  = "👋"
	noWords = "📎"
)

// say fills in the shop's words. Words of people are put on one line, as a place must be.
func (w awayWords) say(s string) string {
	oneLine := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return strings.NewReplacer(
		"{shopper}", cmp.Or(oneLine(w.shopper), noName), "{shop}", oneLine(w.shop), "{message}", cmp.Or(oneLine(w.message), noWords),
		"{link}", w.link,
	).Replace(s)
}

// suffix gives what a button's url lacks of a link: providers let only its end be filled in.
func suffix(button, link string) string {
	base, _, _ := strings.Cut(button, "{{")
	if rest, ok := strings.CutPrefix(link, base); ok {
		return rest
	}
	if _, token, ok := strings.Cut(link, ResumeParam+"="); ok && strings.HasSuffix(base, ResumeParam+"=") {
		return token
	}
	if _, path, ok := strings.Cut(link, "://"); ok {
		if _, path, ok = strings.Cut(path, "/"); ok {
			return path
		}
	}
	return link
}

// awayOut tells whether the delivery is an away template that is on its way or has come.
func (d Delivery) awayOut() bool {
	return d.Template != nil && d.Template.Away && d.State.rank() >= DeliverySending.rank()
}
