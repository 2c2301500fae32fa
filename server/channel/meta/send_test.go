package meta

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/channel/channeltest"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func fileURL(a chat.Attachment) string { return "https://files.example/" + string(a.ID) + "?sig=0123" }

// What each channel makes of the same messages is in testdata/send.
func TestMessagesAsTheyGoOut(t *testing.T) {
	for name, c := range map[string]struct {
		account chat.Account
		to      chat.Address
		adapter func(*Platform) channel.Adapter
	}{
		"whatsapp": {
			chat.Account{ExternalID: "106540352242922", Handle: "15550783881", BusinessID: "102290129340398"},
			chat.Address{Phone: "+16505551234", UserID: "US.13491208655302741918"},
			(*Platform).WhatsApp,
		},
		"messenger": {chat.Account{ExternalID: "1234567890", Handle: "luckyshrub"}, chat.Address{UserID: "5678"}, (*Platform).Messenger},
		"instagram": {chat.Account{ExternalID: "999", Handle: "luckyshrub"}, chat.Address{UserID: "5678"}, (*Platform).Instagram},
	} {
		t.Run(name, func(t *testing.T) {
			cases := channeltest.Cases(c.account, c.to)
			r := &channeltest.Recorder{Answer: answer}
			p := New(Options{Transport: r, Blobs: channeltest.FilesOf(cases), FileURL: fileURL})
			channeltest.Outgoing(t, c.adapter(p), r, cases, "testdata/send/"+name)
		})
	}
}

// answer is what Meta says to what it takes.
func answer(r *http.Request) (int, string) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/media"):
		return http.StatusOK, `{"id":"4490709327384033"}`
	case strings.Contains(r.URL.Path, "/106540352242922/"):
		return http.StatusOK, `{"messaging_product":"whatsapp","contacts":[{"wa_id":"16505551234"}],"messages":[{"id":"wamid.1"}]}`
	}
	return http.StatusOK, `{"recipient_id":"5678","message_id":"m_1"}`
}

func TestAMessageThatSaysNothingIsRefused(t *testing.T) {
	p := New(Options{})
	for _, a := range []channel.Adapter{p.WhatsApp(), p.Messenger(), p.Instagram()} {
		if n, err := a.Parts(letter(" ")); n != 0 || sendError(t, err).Code != "empty" {
			t.Errorf("%s: %d parts, %v", a.Rules().Channel, n, err)
		}
	}
}
