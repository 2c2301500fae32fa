package app

import (
	"github.com/tagalong-chat/tagalong/server/inbox"
	"github.com/tagalong-chat/tagalong/server/realtime"
	"github.com/tagalong-chat/tagalong/server/rest"
	"github.com/tagalong-chat/tagalong/widget"
)

// doors makes what the world talks to.
func (p *parts) doors() (err error) {
	p.rest, err = rest.New(rest.Options{
		Chat: p.service, Channels: p.carrier.Channels, Auth: p.auth, Store: p.store, Blobs: p.blobs, Intake: p.intake, PublicURL: p.hosts.Public, ClientIP: p.ip,
		SessionsPerMinute: p.config.SessionRate, Log: p.log,
	})
	if err != nil {
		return err
	}
	p.realtime = realtime.New(realtime.Options{
		Service: p.service, Fanout: p.fanout, Auth: p.auth, Shops: p.store, OwnOrigins: []string{p.hosts.Public}, FileURL: p.auth.FileURL,
		ClientIP: p.ip, Problem: p.rest.Problem, Log: p.log,
		Limits: p.config.limits(),
	})
	w, err := widget.New(widget.Options{PublicURL: p.hosts.Public, FilesURL: p.hosts.Files, Lookup: p.site, Log: p.log})
	if err != nil {
		return err
	}
	p.widget = w
	p.inbox, err = inbox.New(inbox.Options{PublicURL: p.hosts.Public, InboxURL: p.hosts.Inbox, FilesURL: p.hosts.Files})
	if p.built = w.Built() && inbox.Available(); err == nil && !p.built {
		p.log.Warn("this binary was built without the web bundles: the widget and the inbox are not served")
	}
	return err
}

// closeDoors ends what the doors run.
func (p *parts) closeDoors() error {
	p.realtime.Close()
	return p.store.Close()
}
