package graph

import (
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/loopback"
)

// Options make a World.
type Options struct {
	// BaseURL is where Handler is reached, without a version:
	// http://graph.localhost:8090. MediaURL is where MediaHandler is, on a host of
	// its own; answers and webhooks name it.
	BaseURL  string
	MediaURL string

	Profile Profile
	Seed    uint64 // 0: a random one; World.Seed tells it
	Clock   *Clock // nil: the real time, and Run

	Log          *slog.Logger // nil: silent
	Client       *http.Client // for webhooks and links to files; nil: one that finds *.localhost
	JournalLimit int          // entries; 0: 100,000
	StopWords    []string     // what people write to hear no more; nil: StopWords()
}

// StopWords are what an opt-out by text looks like.
func StopWords() []string { return []string{"stop", "stopp", "unsubscribe", "إيقاف", "توقف"} }

// World is one local Meta: businesses, people, and what they say to each other.
type World struct {
	options Options
	wake    chan struct{}

	mu       sync.Mutex
	chance   chance
	profile  Profile
	apps     map[string]*app
	accounts map[string]*account // WhatsApp business accounts
	lines    map[string]*line
	tokens   map[string]*token
	people   map[string]*person
	order    []string // names of people, as they came
	threads  map[threadKey]*thread
	messages map[string]*message
	files    map[string]*file
	cached   map[string]*file // by line and link
	links    map[string]*qrLink
	faults   []*plannedFault
	versions map[string]bool

	agenda   agenda
	errands  int
	outboxes map[string]*outbox
	journal  []*Entry
	entries  int
	watchers map[*watcher]bool
}

// New makes a world without businesses and people.
func New(options Options) *World {
	options = options.withDefaults()
	w := &World{
		options: options, wake: make(chan struct{}, 1),
		chance: newChance(options.Seed), profile: options.Profile,
		apps: map[string]*app{}, accounts: map[string]*account{}, lines: map[string]*line{},
		tokens: map[string]*token{}, people: map[string]*person{}, threads: map[threadKey]*thread{},
		messages: map[string]*message{}, files: map[string]*file{}, cached: map[string]*file{}, links: map[string]*qrLink{},
		versions: knownVersions(), outboxes: map[string]*outbox{}, watchers: map[*watcher]bool{},
	}
	options.Log.Info("graph: a world begins", "seed", options.Seed, "profile", options.Profile.Name)
	return w
}

func (o Options) withDefaults() Options {
	if o.Seed == 0 {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails
		o.Seed = binary.BigEndian.Uint64(b[:]) | 1
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Client == nil {
		o.Client = loopback.Client()
	}
	if o.JournalLimit <= 0 {
		o.JournalLimit = journalLimit
	}
	if o.StopWords == nil {
		o.StopWords = StopWords()
	}
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	o.MediaURL = strings.TrimSuffix(o.MediaURL, "/")
	return o
}

// Seed repeats this world's chances when it is given to New.
func (w *World) Seed() uint64 { return w.options.Seed }

// SetProfile changes how the world behaves from now on.
func (w *World) SetProfile(p Profile) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.profile = p
}

// SetURLs tells where the handlers are, for servers that learn it late.
func (w *World) SetURLs(base, media string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.options.BaseURL, w.options.MediaURL = strings.TrimSuffix(base, "/"), strings.TrimSuffix(media, "/")
}

func (w *World) now() time.Time {
	if w.options.Clock != nil {
		return w.options.Clock.Now()
	}
	return time.Now()
}
