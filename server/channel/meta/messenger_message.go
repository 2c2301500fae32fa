package meta

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// mMessage is a message of either direction in Messenger's dialect.
type mMessage struct {
	ID          ident         `json:"mid"`
	Text        word          `json:"text"`
	Attachments []mAttachment `json:"attachments"`
	Quick       *struct {
		Payload word `json:"payload"`
	} `json:"quick_reply"`
	ReplyTo *struct {
		ID    ident  `json:"mid"`
		Story *story `json:"story"`
	} `json:"reply_to"`
	Referral *mReferral `json:"referral"`

	Echo     bool  `json:"is_echo"`
	App      ident `json:"app_id"`
	Metadata word  `json:"metadata"`

	Deleted     bool `json:"is_deleted"`
	Self        bool `json:"is_self"`
	Unsupported bool `json:"is_unsupported"`
}

type story struct {
	URL word `json:"url"`
}

// mReferral is the link, ad or plugin that a person came by.
type mReferral struct {
	Ref    word `json:"ref"`
	Source word `json:"source"`
	URL    word `json:"referer_uri"`
	AdID   word `json:"ad_id"`
	Ad     struct {
		Title word `json:"ad_title"`
	} `json:"ads_context_data"`
}

// inbound of no referral says that somebody has come by the Get Started button alone.
func (r *mReferral) inbound() *chat.InboundReferral {
	if r == nil {
		return &chat.InboundReferral{Source: "get_started"}
	}
	source := "link"
	switch {
	case r.Source == "ADS" || r.AdID != "":
		source = "ad"
	case strings.Contains(string(r.Source), "PLUGIN"):
		source = "plugin"
	case r.Ref == "":
		source = "get_started"
	}
	return &chat.InboundReferral{Ref: string(r.Ref), Source: source, URL: string(r.URL), Title: string(r.Ad.Title), AdID: string(r.AdID)}
}

// message reads a message, an echo or, on Instagram, that one was taken back.
func (d events) message(ev event, in chat.Inbound, byUs bool) (chat.Inbound, error) {
	m := ev.Message
	switch {
	case m.ID == "":
		return in, errNoID
	case m.Self:
		return ignored(in, "the account writes to itself"), nil
	case m.Deleted:
		in.Kind, in.ID = chat.InboundAmend, "revoke:"+string(m.ID)
		in.Amend = &chat.InboundChange{Target: string(m.ID), Action: chat.AmendRevoke, ByUs: byUs}
		return in, nil
	}
	in.Kind, in.ID, in.Message = chat.InboundMessage, string(m.ID), m.said()
	if byUs {
		in.Kind = chat.InboundEcho
		in.Message.App, in.Message.Callback, in.Message.Author = string(m.App), string(m.Metadata), d.authorOf(m)
	}
	return in, nil
}

// pageInbox is the app as which Meta's own inbox sends.
const pageInbox = "263902037430900"

// authorOf names who has sent an echo, unless an app other than Meta's own has: then it is one of ours, or says so by its id.
func (d events) authorOf(m *mMessage) string {
	if m.Metadata == "" && (m.App == "" || m.App == pageInbox) {
		return d.author
	}
	return ""
}

func (m *mMessage) said() *chat.InboundSaid {
	said := &chat.InboundSaid{Text: string(m.Text)}
	if m.Quick != nil {
		said.Choice = string(m.Quick.Payload)
	}
	if r := m.ReplyTo; r != nil {
		said.ReplyTo = string(r.ID)
		if r.Story != nil {
			said.Cards = append(said.Cards, linked("Story", string(r.Story.URL)))
		}
	}
	if m.Referral != nil {
		said.Referral = m.Referral.inbound()
	}
	for _, a := range m.Attachments {
		a.add(said)
	}
	nothing := said.Text == "" && said.Choice == "" && said.Media == nil && said.Cards == nil
	if said.Unsupported == "" && nothing {
		said.Unsupported = "unknown"
	}
	return said
}

// mAttachment is a file, a place or something from elsewhere on Meta's sites.
type mAttachment struct {
	Type    word `json:"type"`
	Payload struct {
		URL         word  `json:"url"`
		Title       word  `json:"title"`
		Sticker     ident `json:"sticker_id"`
		Coordinates struct {
			Latitude  word `json:"lat"`
			Longitude word `json:"long"`
		} `json:"coordinates"`
	} `json:"payload"`
	Title word `json:"title"`
	URL   word `json:"url"`
}

var mediaKinds = map[string]string{"image": "image", "video": "video", "audio": "audio", "file": "document", "sticker": "sticker"}

// thumbs are the stickers of the thumb beside the text field, in its three sizes.
var thumbs = []ident{"369239263222822", "369239343222814", "369239383222810"}

var sharedTitles = map[string]string{
	"fallback": "Link", "share": "Shared post", "post": "Post", "ig_post": "Post", "reel": "Reel", "ig_reel": "Reel",
	"story_mention": "Story mention", "ig_story": "Story",
}

func (a mAttachment) add(said *chat.InboundSaid) {
	kind, link := string(a.Type), first(string(a.Payload.URL), string(a.URL))
	switch {
	case a.Payload.Sticker != "" && slices.Contains(thumbs, a.Payload.Sticker):
		said.Text = strings.TrimSpace(said.Text + " 👍")
	case kind == "like_heart":
		said.Text = strings.TrimSpace(said.Text + " ❤️")
	case mediaKinds[kind] != "" && link != "":
		ref := chat.MediaRef{Kind: mediaKinds[kind], URL: link}
		if a.Payload.Sticker != "" {
			ref.Kind = "sticker"
		}
		said.Media = append(said.Media, ref)
	case kind == "location":
		at := a.Payload.Coordinates
		if p := place(string(a.Title), "", string(at.Latitude), string(at.Longitude)); p != nil {
			said.Cards = append(said.Cards, p.Cards...)
		}
	case sharedTitles[kind] != "":
		said.Cards = append(said.Cards, linked(first(string(a.Payload.Title), string(a.Title), sharedTitles[kind]), absolute(kind, link)))
	default:
		said.Unsupported = first(short(kind), "unknown")
	}
}

// linked gives a card that leads to something elsewhere. What is no link to a page is left out.
func linked(title, link string) chat.Card {
	card := chat.Card{Title: short(title)}
	if chat.WebURL(link) {
		card.URL = link
	}
	return card
}

// absolute completes links to Meta's own sites, of which only the path is told at times.
func absolute(kind, link string) string {
	if !strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//") {
		return link
	}
	host := "www.facebook.com"
	if strings.HasPrefix(kind, "ig_") {
		host = "www.instagram.com"
	}
	path, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: "https", Host: host, Path: path.Path}).String()
}
