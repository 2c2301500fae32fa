package auth

import (
	"crypto/rand"
	"errors"
	"io"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Errors of this package; those of chat come besides.
var (
	ErrBadCredentials = &chat.Error{Kind: chat.KindUnauthorized, Code: "bad_credentials", Message: "The e-mail or the password is wrong."}
	ErrWrongPassword  = &chat.Error{Kind: chat.KindInvalid, Code: "wrong_password", Message: "The current password does not match."}
	ErrCrossOrigin    = &chat.Error{Kind: chat.KindForbidden, Code: "cross_origin", Message: "The request comes from another origin."}
	ErrOrigin         = &chat.Error{Kind: chat.KindForbidden, Code: "origin_not_allowed", Message: "This origin is not allowed here."}
	ErrLinkUsed       = &chat.Error{Kind: chat.KindGone, Code: "link_used", Message: "The link was used, replaced or has expired."}
	ErrLinkExpired    = &chat.Error{Kind: chat.KindForbidden, Code: "link_expired", Message: "The link has expired or is not whole."}
	ErrAlreadyExists  = &chat.Error{Kind: chat.KindConflict, Code: "already_exists", Message: "There is one already."}
	ErrLastOwner      = &chat.Error{Kind: chat.KindConflict, Code: "last_owner", Message: "The merchant would have no owner left."}
	ErrLimitReached   = &chat.Error{Kind: chat.KindConflict, Code: "limit_reached", Message: "As many as allowed exist already."}

	// The form of a password that is too long is refused before any work is spent on it, hence malformed and not invalid.
	errPasswordTooLong = &chat.Error{Kind: chat.KindMalformed, Code: "too_long", Message: "The password is too long."}
)

// Store is what auth needs of the durable memory.
type Store interface {
	chat.Directory
	chat.Shoppers
	chat.Grants
}

// Options of a Service. Now and Random default to the clock and to crypto/rand.
type Options struct {
	Store    Store
	InboxURL string // where agents' cookies are accepted, and where invitations and resets lead
	FilesURL string // where links to files lead
	LinkKey  []byte // signs links to files; at least 32 bytes, the same on all nodes
	Publish  func(chat.Live)
	// Registration lets anybody make a merchant of their own.
	Registration bool
	Hashers      int // passwords hashed at a time, 19 MiB each; 2 when zero
	Now          func() time.Time
	Random       io.Reader
}

// Service proves callers: each kind of caller has its part.
type Service struct {
	*Agents
	*Shoppers
	*Plugins
	*Connections
	*Links
}

// New makes a Service.
func New(o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Publish == nil {
		o.Publish = func(chat.Live) {}
	}
	inbox, ok := chat.Origin(o.InboxURL)
	if !ok {
		return nil, errors.New("the inbox's URL must be scheme://host[:port]")
	}
	files, ok := chat.Origin(o.FilesURL)
	if !ok {
		return nil, errors.New("the files' URL must be scheme://host[:port]")
	}
	links, err := newLinks(o.LinkKey, files, o.Now)
	if err != nil {
		return nil, err
	}
	agents, err := newAgents(o, inbox)
	if err != nil {
		return nil, err
	}
	return &Service{
		Agents:   agents,
		Shoppers: &Shoppers{store: o.Store, now: o.Now, random: o.Random},
		Plugins:  &Plugins{store: o.Store, now: o.Now, random: o.Random},
		Links:    links,

		Connections: &Connections{store: o.Store, now: o.Now, random: o.Random},
	}, nil
}
