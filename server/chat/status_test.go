package chat_test

import (
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// On channels that name neither our own id in their news nor tell of each message, what they say may come before we know what it is
// of: here the server has died after it sent, and what became of the message is told before who sent it.
func TestNewsThatCameBeforeAnEchoAreNotLost(t *testing.T) {
	for name, news := range map[string]func(d *depot, a chat.Address) chat.Inbound{
		"by the message's id": func(d *depot, _ chat.Address) chat.Inbound {
			in := d.told(d.provider.last(), "m_1", chat.DeliveryDelivered, nil)
			in.Status.Callback = ""
			return in
		},
		"by a time": func(d *depot, a chat.Address) chat.Inbound {
			return chat.Inbound{
				Kind: chat.InboundStatus, Channel: chat.ChannelMessenger, At: chat.At(d.now), From: &chat.Person{Keys: a.Keys},
				Status: &chat.InboundFate{Upto: chat.At(d.now), State: chat.DeliveryDelivered},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDepot(t)
			v := d.visit()
			a := d.at(v, chat.ChannelMessenger, time.Hour)
			d.on(v, a)
			d.says(v, "Yes.")
			d.provider.answer = func(request) (chat.Accepted, error) { panic(errCrash) }
			d.run()
			sent := d.provider.last()
			echo := d.told(sent, "m_1", chat.DeliverySent, nil)
			d.now = d.now.Add(time.Second)
			d.news(news(d, a))
			d.news(echo)
			d.expect(v, "messenger delivered")
		})
	}
}

func TestAgentsSeeThatAMessageWaitsToKnowWhereTheShopperIs(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	closed := d.at(v, chat.ChannelWhatsApp, 48*time.Hour)
	d.at(v, chat.ChannelMessenger, time.Hour)
	d.on(v, closed)
	d.presence = chat.Unknown
	d.says(v, "Yes.")
	d.run()
	d.expect(v, "whatsapp queued presence_unknown")
	d.presence = chat.Gone
	d.pass(time.Minute)
	d.expect(v, "whatsapp failed moved_on", "messenger accepted")
}
