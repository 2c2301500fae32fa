package app

import (
	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/channel/email"
	"github.com/tagalong-chat/tagalong/server/channel/meta"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// channels lists all ways to reach a shopper besides the web, and the providers whose webhooks come to the door. A new channel is one
// line here.
func (p *parts) channels() error {
	c := p.config
	fileURL := func(a chat.Attachment) string { return p.auth.FileURL(a.ID) }
	m := meta.New(meta.Options{
		Version: c.GraphVersion, GraphURL: c.GraphURL, InstagramURL: c.instagramURL,
		WhatsAppLinks: c.WhatsAppLink, MessengerLinks: c.MessengerLink, InstagramLinks: c.InstagramLink,
		MediaHosts: c.mediaHosts, Transport: c.transport,
		Blobs: p.blobs, FileURL: fileURL, WebhookURL: p.webhookURL,
	})
	adapters := []channel.Adapter{
		m.WhatsApp(),
		m.Messenger(),
		m.Instagram(),
	}
	if c.SMTPURL != "" {
		mail, err := email.New(email.Options{Server: c.SMTPURL, From: c.SMTPFrom, FileURL: fileURL})
		if err != nil {
			return err
		}
		adapters = append(adapters, mail)
	}
	providers := []channel.Provider{m}
	p.carrier = channel.NewCarrier(channel.CarrierOptions{Adapters: adapters, Providers: providers, Log: p.log})
	p.hooks = channel.NewDoor(channel.DoorOptions{
		Store: p.store, Providers: providers, Problem: p.problem, Wake: func() { p.worker.Wake() }, Log: p.log,
	})
	return nil
}

// webhookURL is where a provider app's webhooks come.
func (p *parts) webhookURL(app chat.ProviderAppID) string {
	return p.hosts.Public + "/hooks/" + string(chat.ProviderMeta) + "/" + string(app)
}
