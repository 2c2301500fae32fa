package meta

import (
	"strings"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

var instagramEvents = events{channel: chat.ChannelInstagram, key: "igsid:", author: "Instagram app"}

// Instagram gives the adapter of Instagram: Messenger's dialect with other limits, without templates, and with files by link.
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api
func (p *Platform) Instagram() channel.Adapter {
	return messenger{p, dialect{
		events: instagramEvents,
		rules: chat.ChannelRules{
			Channel: chat.ChannelInstagram, Provider: chat.ProviderMeta,
			Window: customerWindow, Human: humanWindow, Typing: true, Links: true, Refs: true,
		},
		pace: channel.Pace{PerSecond: 100},
		text: 1000, size: utf8.RuneLen, files: instagramFiles,
		profile: "name,username", self: instagramSelf, webhooks: instagramWebhooks,
		scopes: []string{"instagram_basic", "instagram_manage_messages", "pages_manage_metadata"},
		links:  func(o Options) string { return o.InstagramLinks },
		node:   instagramNode,
	}}
}

// instagramNode: an account that belongs to a page, which is its business id then, is reached by that; any other by Instagram's own host.
func instagramNode(o Options, a chat.Account) (base, id string) {
	if a.BusinessID != "" {
		return o.GraphURL, a.BusinessID
	}
	return o.InstagramURL, a.ExternalID
}

// instagramWebhooks: a page has the fields of pages, whatever they are wanted for; to ask for less would take them from Messenger.
func instagramWebhooks(a chat.Account) webhookFields {
	if a.BusinessID != "" {
		return pageFields()
	}
	return webhookFields{
		needed: []string{"messages", "messaging_postbacks", "messaging_seen", "messaging_referral", "message_reactions"},
		wished: []string{"message_edit"},
	}
}

func instagramSelf(a chat.Account) string {
	if a.BusinessID != "" {
		return "id,name,instagram_business_account"
	}
	return "user_id,username"
}

func instagramFiles(contentType string) (fileType, bool) {
	kind, _, _ := strings.Cut(contentType, "/")
	switch {
	case contentType == "image/jpeg" || contentType == "image/png":
		return fileType{"image", 8 * mb}, true
	case kind == "audio" || kind == "video":
		return fileType{kind, 25 * mb}, true
	}
	return fileType{}, false
}
