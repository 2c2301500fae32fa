package realtime

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// ShopperFrames is POST /v1/shops/{key}/frames.
func (d *Door) ShopperFrames(w http.ResponseWriter, r *http.Request) {
	p, err := d.shopperOf(r)
	if err != nil {
		d.o.Problem(w, r, err)
		return
	}
	d.post(w, r, p)
}

// AgentFrames is POST /v1/agent/frames.
func (d *Door) AgentFrames(w http.ResponseWriter, r *http.Request) {
	if err := d.o.Auth.SameOrigin(r); err != nil {
		d.o.Problem(w, r, err)
		return
	}
	caller, session, err := d.o.Auth.AgentByRequest(r)
	if err != nil {
		d.o.Problem(w, r, err)
		return
	}
	d.post(w, r, proof{caller: caller, session: session})
}

// post takes one frame and answers with its ack or refusal. It needs no connection of the caller's, so any node will do.
func (d *Door) post(w http.ResponseWriter, r *http.Request, p proof) {
	guest := d.guests.post(p.session)
	if !guest.mayPost() {
		d.Metrics.Limited.Add(1)
		d.o.Problem(w, r, chat.ErrRateLimited.After(tryAgainAfter))
		return
	}
	f, err := d.posted(r, p.caller.Kind)
	if err != nil {
		d.o.Problem(w, r, err)
		return
	}
	d.Metrics.FramesIn.Add(1)
	ctx, cancel := context.WithTimeout(r.Context(), d.o.Limits.Handle)
	defer cancel()
	answer, err := d.perform(ctx, p.caller, guest, f)
	if err != nil {
		answer = d.refusal(err, f)
	}
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(answer.payload()) // the client may be gone; it asks again with the same client_id
}

// refusal makes the refused frame. Errors of ours are logged here, where they stop.
func (d *Door) refusal(err error, f openapi.ClientFrame) frame {
	e, _ := transient(err)
	if e.Kind == chat.KindInternal {
		d.o.Log.Error("a posted frame failed", "conversation", f.Conversation, "error", err)
	}
	return encode(wire.Refused(e, f.ClientID, f.Conversation))
}

// posted reads the frame of a request.
func (d *Door) posted(r *http.Request, by chat.AuthorKind) (openapi.ClientFrame, error) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return openapi.ClientFrame{}, errMediaType
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return openapi.ClientFrame{}, errEncoding
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, int64(d.o.Limits.Frame)))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return openapi.ClientFrame{}, chat.ErrTooLarge
		}
		return openapi.ClientFrame{}, errTimeout
	}
	f, err := wire.ParseFrame(body, by)
	if err != nil {
		return f, err
	}
	switch f.Type {
	case openapi.ClientFrameTypeHello, openapi.ClientFrameTypeJoin, openapi.ClientFrameTypeLeave, openapi.ClientFrameTypeFeed,
		openapi.ClientFrameTypePing:
		return f, wire.ErrBadFrame // these belong to a connection
	}
	return f, nil
}

var (
	errMediaType = &chat.Error{Kind: chat.KindUnsupported, Code: "unsupported_media_type", Message: "The body must be application/json."}
	errEncoding  = &chat.Error{Kind: chat.KindUnsupported, Code: "unsupported_encoding", Message: "The body must not be encoded."}
	errTimeout   = &chat.Error{Kind: chat.KindMalformed, Code: "timeout", Message: "The body did not come in time."}
)

// perform does what a posted frame asks for; nil is an answer without a frame.
func (d *Door) perform(ctx context.Context, by chat.Caller, guest *guest, f openapi.ClientFrame) (frame, error) {
	shopOf := func(ctx context.Context, id chat.ConversationID) (chat.ShopID, error) { return d.shopOf(ctx, by, id) }
	switch f.Type {
	case openapi.ClientFrameTypeSend, openapi.ClientFrameTypeAmend:
		if wait := guest.allow(); wait > 0 {
			d.Metrics.Limited.Add(1)
			return nil, chat.ErrRateLimited.After(wait)
		}
		sent, err := d.commit(ctx, by, shopOf, f)
		if err != nil {
			return nil, err
		}
		d.Metrics.Sent.Add(1)
		return d.codec.ack(sent.Entry, sent.Conversation.Generation, by.Audience()), nil
	case openapi.ClientFrameTypePage:
		return nil, d.o.Service.See(ctx, by, wire.NewPage(*f.Page))
	}
	return nil, d.signal(ctx, by, f)
}

// signal does a posted frame that concerns a conversation and is not acknowledged.
func (d *Door) signal(ctx context.Context, by chat.Caller, f openapi.ClientFrame) error {
	id := chat.ConversationID(f.Conversation)
	if id == "" && f.Type == openapi.ClientFrameTypeViewing {
		return d.lookAway(ctx, by)
	}
	if id == "" {
		return nil // before the first message there is nobody to tell of typing
	}
	shop, err := d.shopOf(ctx, by, id)
	if err != nil {
		return err
	}
	c, err := d.o.Service.Conversation(ctx, by, shop, id)
	if err != nil {
		return err
	}
	switch f.Type {
	case openapi.ClientFrameTypeRead:
		read := f.State != openapi.ReadStateDelivered
		if err := d.o.Service.Receive(ctx, by, shop, id, f.Seq, read); err != nil {
			return err
		}
		if read && c.Address != "" {
			d.nudges.read(by, shop, id, f.Seq)
		}
		return nil
	case openapi.ClientFrameTypeTyping:
		if !f.Note && c.Address != "" {
			d.nudges.typing(by, shop, id)
		}
		return d.o.Service.Type(by, c, f.Note)
	}
	d.o.Service.View(by, shop, id)
	return nil
}

// lookAway tells that an agent looks at no conversation any more; without a connection nobody knows in which shop they did.
func (d *Door) lookAway(ctx context.Context, by chat.Caller) error {
	shops, err := d.o.Shops.Shops(ctx, by.Merchant)
	for _, s := range shops {
		d.o.Service.View(by, s.ID, "")
	}
	return err
}

// shopOf finds the shop of a conversation for a caller without a connection.
func (d *Door) shopOf(ctx context.Context, by chat.Caller, id chat.ConversationID) (chat.ShopID, error) {
	if by.Kind == chat.AuthorShopper {
		return by.Shop, nil
	}
	shops, err := d.o.Shops.Shops(ctx, by.Merchant)
	if err != nil {
		return "", err
	}
	return d.shopAmong(ctx, by, shops, id)
}
