package phones

import (
	"context"
	"errors"
	"time"
)

// App is an application on a phone.
type App string

// The applications that the page can draw.
const (
	WhatsApp  App = "whatsapp"
	Messenger App = "messenger"
	Instagram App = "instagram"
)

// Network is the outside world as a phone sees it: the people of the demo, their
// threads with businesses, and what is said there. It is asked from many requests
// at once. What it returns belongs to the caller.
//
// It refuses with ErrUnknown what does not exist (also what belongs to another
// person) and with a *Refusal what the real application would not let a person
// do; any other error is a fault of the network.
type Network interface {
	// People are those whom a visitor may play, always in the same order.
	People() []Person
	// Threads are a person's threads, the most recent first.
	Threads(person string) ([]Thread, error)
	// Messages are what a thread shows, the oldest first.
	Messages(person, thread string) ([]Message, error)
	// Media is a picture or file of a thread, by the id that Media.ID names.
	Media(person, id string) (contentType string, content []byte, err error)

	// SendText says something; replyTo quotes a message and may be empty.
	SendText(person, thread, text, replyTo string) error
	// SendPhoto sends a JPEG or a PNG.
	SendPhoto(person, thread string, photo Photo) error
	// Tap presses a reply button, a quick reply, a postback button or a row of a
	// list. Buttons that open an address or copy a text are the phone's own affair.
	Tap(person, thread, message, button string) error
	// React puts an emoji on a message; an empty one takes it off.
	React(person, thread, message, emoji string) error
	// Edit and Delete change the person's own message.
	Edit(person, thread, message, text string) error
	Delete(person, thread, message string) error

	// OpenLink does what a tap on a wa.me, m.me or ig.me link does. Nothing is said
	// by it: a text is only a draft, until the person sends it. A ref is told to the
	// business at once where a thread exists, and with GetStarted where it is new.
	OpenLink(person string, link Link) (Opened, error)
	// GetStarted presses the button with which a new Messenger thread begins.
	GetStarted(person, thread string) error

	// SetReading says whether the person looks at a thread: what arrives
	// meanwhile is read at once.
	SetReading(person, thread string, reading bool) error
	// SetOnline connects a person's phone or cuts it off: what is sent to a phone
	// that is off waits, and is delivered when it is back.
	SetOnline(person string, online bool) error

	// Events tells of changes until ctx ends, and closes the channel then. Events
	// that wait for a slow reader may be merged, never be lost.
	Events(ctx context.Context) <-chan Event
}

// ErrUnknown is the refusal of a person, thread, message or button that is not there.
var ErrUnknown = errors.New("phones: not there")

// Refusal is what an application tells a person who wants something that cannot
// be done: an edit that comes too late, a button that was pressed before.
type Refusal struct{ Reason string }

func (r *Refusal) Error() string { return "phones: " + r.Reason }

// Event says that something about a person's thread has changed, not what: the
// page reads anew. Thread is empty where it concerns the person (online).
type Event struct {
	Person string `json:"person"`
	Thread string `json:"thread,omitempty"`
}

// Person is somebody with a phone whom a visitor of the demo plays.
type Person struct {
	ID     string `json:"id"`              // lucia
	Name   string `json:"name"`            // Lucía Gómez
	Phone  string `json:"phone,omitempty"` // +34 600 000 001, for reading
	Apps   []App  `json:"apps"`
	Online bool   `json:"online"`
}

// Thread is a conversation of a person with a business in one application.
type Thread struct {
	ID       string `json:"id"` // unlike every other thread's, also of other persons and applications
	App      App    `json:"app"`
	Name     string `json:"name"`             // Marl Stoneware
	Handle   string `json:"handle,omitempty"` // the number or the user name of the business, for reading
	Verified bool   `json:"verified,omitempty"`
	// New is a Messenger thread that waits for Get Started.
	New    bool `json:"new,omitempty"`
	Unread int  `json:"unread"`
	// Typing says that the business is typing.
	Typing bool     `json:"typing"`
	Last   *Message `json:"last,omitempty"`
}

// Status is how far a person's own message has come.
type Status string

// Waiting is a message on a phone that is off.
const (
	Waiting   Status = "waiting"
	Sent      Status = "sent"
	Delivered Status = "delivered"
	Read      Status = "read"
	Failed    Status = "failed"
)

// Message is a bubble, or a line of the application between bubbles.
type Message struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Mine   bool      `json:"mine"`             // said by the person
	System bool      `json:"system,omitempty"` // said by the application: Text between the bubbles
	Status Status    `json:"status,omitempty"` // of the person's own

	ReplyTo string `json:"reply_to,omitempty"` // the quoted message
	Edited  bool   `json:"edited,omitempty"`
	Deleted bool   `json:"deleted,omitempty"` // says nothing any more

	Header  string   `json:"header,omitempty"` // a text above; a picture is Media
	Text    string   `json:"text,omitempty"`
	Footer  string   `json:"footer,omitempty"`
	Media   []Media  `json:"media,omitempty"`
	Place   *Place   `json:"place,omitempty"`
	Cards   []Card   `json:"cards,omitempty"`
	Coupon  *Coupon  `json:"coupon,omitempty"`
	Lines   []Line   `json:"lines,omitempty"` // of a receipt
	Buttons []Button `json:"buttons,omitempty"`
	// Quick are quick replies of Messenger and Instagram: they float below the
	// last message and go with a tap.
	Quick []Button `json:"quick,omitempty"`
	List  *List    `json:"list,omitempty"`

	Reactions []Reaction `json:"reactions,omitempty"`
}

// MediaKind is how a piece of media is shown.
type MediaKind string

// What is neither a picture, a film nor a sound is a file.
const (
	Image   MediaKind = "image"
	Video   MediaKind = "video"
	Audio   MediaKind = "audio"
	File    MediaKind = "file"
	Sticker MediaKind = "sticker"
)

// Media is a picture or a file. The network keeps it: the page loads nothing from
// elsewhere.
type Media struct {
	ID   string    `json:"id"`
	Kind MediaKind `json:"kind"`
	Name string    `json:"name,omitempty"` // of a file
	Size int64     `json:"size,omitempty"`
	// Width and Height reserve the room of a picture where they are known.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
}

// Place is a location.
type Place struct {
	Name    string  `json:"name,omitempty"`
	Address string  `json:"address,omitempty"`
	Lat     float64 `json:"lat"`
	Lng     float64 `json:"lng"`
}

// Card is an element of a generic template, or a product of a catalogue.
type Card struct {
	Title    string   `json:"title"`
	Subtitle string   `json:"subtitle,omitempty"`
	Image    string   `json:"image,omitempty"` // Media.ID
	URL      string   `json:"url,omitempty"`
	Buttons  []Button `json:"buttons,omitempty"`
}

// Coupon is a coupon template of Messenger.
type Coupon struct {
	Title string `json:"title"`
	Code  string `json:"code,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Line is a line of a receipt: an article or a sum.
type Line struct {
	Title  string `json:"title"`
	Amount string `json:"amount"` // for reading
	Total  bool   `json:"total,omitempty"`
}

// ButtonKind is what a button does.
type ButtonKind string

// Reply answers the business; the others stay on the phone.
const (
	Reply ButtonKind = "reply" // reply button, template quick reply, postback
	Open  ButtonKind = "open"  // opens URL in a browser
	Copy  ButtonKind = "copy"  // copies Text, for instance a coupon
	Call  ButtonKind = "call"
)

// Button is something to press below a message.
type Button struct {
	ID    string     `json:"id"` // unlike the others of its message
	Kind  ButtonKind `json:"kind"`
	Title string     `json:"title"`
	URL   string     `json:"url,omitempty"`
	Text  string     `json:"text,omitempty"`
	// Done says that it was pressed and cannot be pressed again.
	Done bool `json:"done,omitempty"`
}

// List is a list message of WhatsApp: a button that opens a sheet of rows.
type List struct {
	Button   string    `json:"button"`
	Sections []Section `json:"sections"`
	Done     bool      `json:"done,omitempty"`
}

// Section is a part of a list.
type Section struct {
	Title string `json:"title,omitempty"`
	Rows  []Row  `json:"rows"`
}

// Row is what a person can choose in a list.
type Row struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// Reaction is an emoji on a message; one of each side at most.
type Reaction struct {
	Mine  bool   `json:"mine"`
	Emoji string `json:"emoji"`
}

// Photo is a picture that a person sends.
type Photo struct {
	Name    string
	Type    string // image/jpeg or image/png
	Content []byte
	Caption string
}

// Link is a click-to-chat link.
type Link struct {
	App  App    `json:"app"`
	To   string `json:"to"`             // digits of the number, name or id of the page, user name
	Text string `json:"text,omitempty"` // the draft
	Ref  string `json:"ref,omitempty"`  // Messenger and Instagram
}

// Opened is where a link has led.
type Opened struct {
	Thread string `json:"thread"`
	Draft  string `json:"draft,omitempty"`
}
