package chat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestWhatAnAwayTemplateToldInPartFollowsWhole(t *testing.T) {
	long := strings.Repeat("The jug is thrown, dried, fired, glazed and fired again. ", 6)
	d := newDepot(t)
	d.template(true)
	v := d.visit()
	a := d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.agrees(v, chat.ChannelWhatsApp)
	d.on(v, a)
	closes(d, false)
	d.says(v, strings.TrimSpace(long))
	d.pass(time.Minute)
	d.expect(v, "whatsapp accepted")
	d.provider.answer = nil
	d.now = d.now.Add(time.Minute)
	d.writes(v, a)
	d.run()
	d.writes(v, a)
	d.run()
	d.expect(v, "whatsapp accepted", "whatsapp accepted")
	sent := d.sent()
	if last := sent[len(sent)-1]; last != "whatsapp free: "+strings.TrimSpace(long) {
		t.Errorf("then followed %q", last)
	}
	n := 0
	for _, s := range sent {
		if strings.HasPrefix(s, "whatsapp free: "+long[:40]) {
			n++
		}
	}
	if n > 2 { // once refused because of the window, once whole
		t.Errorf("the whole message was sent %d times: %q", n, sent)
	}
}
