package graph

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// typingMessenger is how long the dots are seen.
const typingMessenger = 20 * time.Second

// sendMessenger is POST /{page}/messages, and that of an Instagram account.
func (w *World) sendMessenger(c *call, l *line) (any, *failure) {
	p, t, refusal := w.recipientOfPage(c, l)
	if refusal != nil {
		return nil, l.own(refusal)
	}
	if has(c.body, "sender_action") {
		return w.senderAction(c, l, p)
	}
	body := child(c.body, "message")
	m := &message{
		line: l, out: true, person: p, content: c.body, at: w.now(), metadata: text(body, "metadata"),
		user: has(child(c.body, "recipient"), "user_ref"),
	}
	m.clientID = m.metadata
	c.entry.Person, c.entry.ClientID = p.ID, m.clientID
	describe(m, body)
	c.entry.Type, c.entry.Text = m.kind, m.text
	c.entry.FreeForm = m.category == ""
	c.entry.OptedOut = t.stopped
	window := within(t.lastInbound, w.now(), serviceWindow)
	c.entry.WindowOpen = window || text(c.body, "tag") == "HUMAN_AGENT" && within(t.lastInbound, w.now(), humanWindow)
	if refusal := w.strike(c, m.text); refusal != nil {
		return nil, refusal
	}
	if refusal := w.checkMessenger(c, m, body); refusal != nil {
		return nil, l.own(refusal)
	}
	if refusal := w.mayWrite(c, m, t); refusal != nil {
		return nil, l.own(refusal)
	}
	if refusal := w.fetchAttachment(c, m); refusal != nil {
		return nil, l.own(refusal)
	}
	m.id = w.chance.mid()
	w.accept(c, m, nil)
	w.fetchPictures(m)
	answer := object{"message_id": m.id}
	if !m.user {
		answer["recipient_id"] = p.scopedID(l)
	}
	return answer, nil
}

// own gives an error the type that the network uses.
func (l *line) own(f *failure) *failure {
	if l.network == Instagram && (f.code == 10 || f.code == 200) {
		return f.instagram()
	}
	return f
}

// recipientOfPage finds whom a message is for.
func (w *World) recipientOfPage(c *call, l *line) (*person, *thread, *failure) {
	to := child(c.body, "recipient")
	id := text(to, "id")
	switch {
	case to == nil:
		return nil, nil, refused("The parameter recipient is required")
	case text(to, "user_ref") != "":
		id = strings.TrimPrefix(text(to, "user_ref"), "ref_")
	case text(to, "comment_id") != "" || text(to, "post_id") != "":
		return nil, nil, fail(100, "").sub(2534025).titled("The comment was answered already, or does not exist")
	case text(to, "notification_messages_token") != "":
		return nil, nil, refused("Recurring notifications are no longer supported")
	case id == "":
		return nil, nil, refused("The parameter recipient[id] is required")
	}
	p := w.byScopedID(l, id)
	if p == nil {
		return nil, nil, fail(100, "").sub(2018001).titled("No matching user found")
	}
	return p, w.thread(p, l), nil
}

// senderAction is typing, seen, or a reaction of the business.
func (w *World) senderAction(c *call, l *line, p *person) (any, *failure) {
	if has(c.body, "message") {
		return nil, refused("sender_action cannot be combined with message")
	}
	t := w.thread(p, l)
	if w.owner(l, p) != c.token.app {
		return nil, notOwner()
	}
	switch action := text(c.body, "sender_action"); action {
	case "typing_on":
		t.typing = w.now().Add(typingMessenger)
	case "typing_off":
		t.typing = w.now()
	case "mark_seen":
		t.readByThem = w.now()
	case "react", "unreact":
		payload := child(c.body, "payload")
		target := w.messages[text(payload, "message_id")]
		if target == nil || target.person != p {
			return nil, refused("The parameter payload[message_id] is required")
		}
		emoji := text(payload, "reaction")
		if action == "unreact" {
			emoji = ""
		}
		target.react(true, emoji)
	default:
		return nil, refused("Param sender_action must be one of {MARK_SEEN, TYPING_ON, TYPING_OFF, REACT, UNREACT}")
	}
	w.changed(p, l)
	return object{"recipient_id": p.scopedID(l)}, nil
}

func notOwner() *failure {
	return fail(10, "").sub(2018300).titled("Message failed to send because another app is controlling this thread now.").as(http.StatusBadRequest)
}

// mayWrite checks owner, restrictions, rates and windows.
func (w *World) mayWrite(c *call, m *message, t *thread) *failure {
	l, p := m.line, m.person
	a := w.apps[c.token.app]
	switch {
	case l.restricted != 0:
		return fail(l.restricted, "")
	case l.refused:
		return fail(200, "").sub(2534041).titled("The account owner has disabled access to messages").as(http.StatusBadRequest)
	case a != nil && a.Development && !p.Tester:
		return fail(200, "").sub(2018028).titled("Cannot message users who are not admins, developers or testers of the app " +
			"until pages_messaging permission is reviewed and the app is live.").as(http.StatusBadRequest)
	case w.owner(l, p) != c.token.app:
		return notOwner()
	case p.blocked[l.id]:
		return fail(551, "").sub(1545041)
	}
	bucket := l.sends
	if m.kind == "audio" || m.kind == "video" {
		bucket = l.media
	}
	if !bucket.take(w.now()) {
		return fail(613, "")
	}
	return w.pageWindow(c, m, t)
}

// pageWindow: an answer within a day, a person of the business within seven.
func (w *World) pageWindow(c *call, m *message, t *thread) *failure {
	now := w.now()
	switch text(c.body, "messaging_type") {
	case "UTILITY":
		return nil // an approved template
	case "MESSAGE_TAG":
		if within(t.lastInbound, now, humanWindow) {
			return nil
		}
	default:
		if within(t.lastInbound, now, serviceWindow) {
			return nil
		}
	}
	if m.line.network == Instagram {
		return fail(10, "").sub(2534022).titled("This message is sent outside of allowed window.").as(http.StatusBadRequest)
	}
	return fail(10, "").sub(2018278).titled("This message is sent outside of allowed window. Learn more about the new policy here: " +
		"https://developers.facebook.com/docs/messenger-platform/policy-overview").as(http.StatusBadRequest)
}

// fetchAttachment gets the file that a message links to. The world goes on
// meanwhile, since it may be on a server that waits for it.
func (w *World) fetchAttachment(c *call, m *message) *failure {
	if m.file != nil || !isFile(m.kind) {
		return nil
	}
	f := w.uploaded(c, m.line)
	if link := text(child(child(child(m.content, "message"), "attachment"), "payload"), "url"); link != "" {
		w.mu.Unlock()
		f = w.fetch(context.WithoutCancel(c.r.Context()), m.line, link)
		w.mu.Lock()
	}
	if f == nil {
		return fail(100, "").sub(2018008).titled("Failed to fetch the file from the url")
	}
	limit := 25 << 20
	if m.kind == "image" {
		limit = 8 << 20
	}
	if len(f.data) > limit {
		return fail(100, "").sub(2018109).titled("Attachment size exceeds allowable limit")
	}
	if kind, _, _ := strings.Cut(f.mime, "/"); m.kind != "file" && kind != m.kind {
		return fail(100, "").sub(2018047).titled("Upload attachment failure. The file is not of the type " + m.kind)
	}
	m.file = f
	return nil
}

// uploaded is the file that came with the request; on Instagram none can.
func (w *World) uploaded(c *call, l *line) *file {
	if c.upload == nil || len(c.upload.data) == 0 || l.network == Instagram {
		return nil
	}
	return w.store(l, c.upload.data, c.upload.mime, c.upload.name)
}

// fetchPictures gets the pictures of cards. One that cannot be had is not shown.
func (w *World) fetchPictures(m *message) {
	payload := child(child(child(m.content, "message"), "attachment"), "payload")
	for _, e := range objects(payload, "elements") {
		link := text(e, "image_url")
		if link == "" {
			continue
		}
		w.later(0, true, func(ctx context.Context) {
			f := w.fetch(ctx, m.line, link)
			w.mu.Lock()
			defer w.mu.Unlock()
			if f == nil || !strings.HasPrefix(f.mime, "image/") {
				return
			}
			if m.pictures == nil {
				m.pictures = map[string]*file{}
			}
			m.pictures[link] = f
			w.changed(m.person, m.line)
		})
	}
}

func isFile(kind string) bool {
	return slices.Contains([]string{"image", "audio", "video", "file"}, kind)
}

// uploadAttachment is POST /{page}/message_attachments: a file that can be sent
// more than once.
func (w *World) uploadAttachment(c *call, l *line) (any, *failure) {
	m := &message{line: l, content: c.body, kind: text(child(child(c.body, "message"), "attachment"), "type")}
	if refusal := w.fetchAttachment(c, m); refusal != nil {
		return nil, refusal
	}
	if m.file == nil {
		return nil, refused("The parameter message[attachment] is required")
	}
	m.file.expires = w.now().Add(uploadLife)
	return object{"attachment_id": m.file.id}, nil
}
