package chat

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// draftOf makes a message of what an adapter has read: text cleaned and cut to what a message may hold, files fetched at once, since
// the provider keeps them for days alone.
func (s *Service) draftOf(
	ctx context.Context, acct Account, app ProviderApp, in Inbound, h home, by Author, hints *[]Hint,
) (*Draft, error) {
	said := in.Message
	m := Message{
		Text: inboundText(said.Text), Cards: said.Cards, Order: clip(said.Order, MaxExternalID), Choice: clip(said.Choice, maxTitleRunes),
		Unsupported: clip(said.Unsupported, 60), Forwarded: said.Forwarded,
	}
	if h.code != "" {
		m.Text = withoutCode(m.Text, h.code)
	}
	for i, ref := range said.Media {
		if i == MaxAttachments {
			break
		}
		a, err := s.fetch(ctx, acct, app, h.shop, by, ref)
		switch {
		case lost(err):
			*hints = append(*hints, Hint{Code: "media_lost", Detail: clip(ref.Kind+" "+ref.Name, 120)})
			if m.Unsupported == "" {
				m.Unsupported = clip(ref.Kind, 60)
			}
		case err != nil:
			return nil, s.fetchAgain(err, in)
		default:
			m.Attachments = append(m.Attachments, a)
		}
		if ref.Caption != "" && !strings.Contains(m.Text, ref.Caption) {
			m.Text = strings.TrimSpace(m.Text + "\n" + inboundText(ref.Caption))
		}
	}
	if said.ReplyTo != "" && h.conversation != "" {
		if ref, err := s.store.Sent(ctx, acct.ID, said.ReplyTo); err == nil && ref.Conversation == h.conversation {
			m.ReplyTo = &ref.Entry
		} else if err != nil && !isNotFound(err) {
			return nil, err
		}
	}
	if len(m.Cards) > MaxCards {
		m.Cards = m.Cards[:MaxCards]
	}
	if m.validate() != nil && h.code == "" { // whatever it was: it is shown that something came
		m.Cards, m.Choice = nil, ""
		if m.empty() {
			m.Unsupported = "unknown"
		}
	}
	if m.empty() { // the code was all they sent
		return nil, nil
	}
	return &Draft{Kind: EntryMessage, Author: by, Channel: in.Channel, ClientID: "in-" + shortHash(string(acct.ID)+"/"+in.ID), Message: m}, nil
}

// inboundText brings outside text into the form of a message's.
func inboundText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	if utf8.RuneCountInString(s) > MaxTextRunes {
		s = clip(s, MaxTextRunes)
	}
	for len(s) > MaxTextBytes {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// maxInboundFile is the largest file that is taken from a channel.
const maxInboundFile = 25 << 20

// fetch copies a file from the provider into our own store.
func (s *Service) fetch(ctx context.Context, acct Account, app ProviderApp, shop ShopID, by Author, ref MediaRef) (Attachment, error) {
	body, err := s.carry.Fetch(ctx, acct, app, ref)
	if err != nil {
		return Attachment{}, err
	}
	defer func() { _ = body.Close() }() // read to its end, or given up
	u := Upload{
		Attachment: Attachment{
			ID: NewID[AttachmentID](PrefixAttachment, s.random), Name: clip(fileName(ref), 200), ContentType: ref.ContentType,
		},
		Merchant: acct.Merchant, Shop: shop, By: by, CreatedAt: At(s.now()),
	}
	if u, err = s.intake.Take(ctx, u, body, maxInboundFile); err != nil {
		return Attachment{}, err
	}
	if err := s.store.CreateUpload(ctx, u); err != nil {
		return Attachment{}, err
	}
	return u.Attachment, nil
}

// How long it is waited for a file that the provider can't give now, and how often it is asked for.
const (
	fetchWithin = 10 * time.Minute
	fetchLater  = 15 * time.Second
)

// fetchAgain puts a message off while its file may still be had: a provider that has trouble must not use the webhook's tries up.
func (s *Service) fetchAgain(err error, in Inbound) error {
	now := At(s.now())
	if _, refused := asSendError(err); refused && now < in.At.Add(fetchWithin) {
		return &Postponed{Until: now.Add(fetchLater), Reason: "its file can't be had yet"}
	}
	return err
}

func fileName(ref MediaRef) string {
	if ref.Name != "" {
		return ref.Name
	}
	return ref.Kind
}

// lost tells whether a file can't be had, now or later: the message is taken in without it.
func lost(err error) bool {
	if e, ok := AsError(err); ok {
		return e.Kind != KindUnavailable && e.Kind != KindStoreFull
	}
	if refused, ok := asSendError(err); ok {
		return refused.Class != SendRetry && refused.Class != SendThrottleAccount && refused.Class != SendUncertain
	}
	return false
}
