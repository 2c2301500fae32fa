package graph

import "time"

// Profile is how well the world behaves. The zero value is as calm as Calm, and
// faster.
type Profile struct {
	Name string `json:"name"`

	// Of the webhooks.
	Duplicates   float64       `json:"duplicates"`    // probability that an update comes once more
	Reordering   float64       `json:"reordering"`    // probability that later ones overtake it
	Overtake     Span          `json:"overtake"`      // by how much it is late then
	Batch        int           `json:"batch"`         // at most so many updates in one POST; 0 and 1: one
	Mix          bool          `json:"mix"`           // a POST may hold updates of several businesses
	Hold         Span          `json:"hold"`          // how long updates are gathered
	RetryUnit    time.Duration `json:"retry_unit"`    // what Meta's minute is; 0: a minute
	BadSignature float64       `json:"bad_signature"` // probability of a forged POST beside a genuine one
	NoSignature  float64       `json:"no_signature"`
	Unknown      float64       `json:"unknown"`    // probability of keys that nobody knows
	LargeBody    float64       `json:"large_body"` // probability of a body of nearly 3 MB
	MediaURL     float64       `json:"media_url"`  // probability that a webhook names the address of a file
	OddTimes     float64       `json:"odd_times"`  // probability that an event of a Page has seconds, in a string

	// Of the answers.
	Transient   float64 `json:"transient"`    // probability that a send fails for no reason
	StatusFirst float64 `json:"status_first"` // probability that the webhook is there before the answer

	// Of the messages.
	Sent                 Span    `json:"sent"`      // from the answer to the status sent
	Delivered            Span    `json:"delivered"` // from sent
	Read                 Span    `json:"read"`      // from delivered, where the thread is open
	ReadWithoutDelivered float64 `json:"read_without_delivered"`
	FailAfterSent        float64 `json:"fail_after_sent"`
	FailAfterDelivered   float64 `json:"fail_after_delivered"` // tells of a failure that was none
	EchoWithoutApp       float64 `json:"echo_without_app"`     // probability that an echo names no app
	LostReferral         float64 `json:"lost_referral"`        // probability that an m.me ref does not arrive

	// Review is how long a template of WhatsApp waits for its approval; 0: until
	// somebody decides.
	Review time.Duration `json:"review"`

	// Where Meta's own pages leave two readings.
	WindowAtOnce        bool `json:"window_at_once"`        // 131047 as an answer instead of a failed status
	ReactionOpensWindow bool `json:"reaction_opens_window"` // of WhatsApp; on Messenger it does
}

// Calm is for demonstrations: nothing fails, and delays are those of people.
func Calm() Profile {
	return Profile{
		Name: "calm", Batch: 1, RetryUnit: 5 * time.Second,
		Sent:      Span{80 * time.Millisecond, 250 * time.Millisecond},
		Delivered: Span{300 * time.Millisecond, 900 * time.Millisecond},
		Read:      Span{400 * time.Millisecond, 1200 * time.Millisecond},
		Review:    3 * time.Second,
	}
}

// Nasty is for tests: what Meta's documentation warns of, and what has been seen.
// Retries begin after seconds instead of minutes, for those on the real clock.
func Nasty() Profile {
	return Profile{
		Name: "nasty", RetryUnit: 2 * time.Second, Duplicates: 0.05, Reordering: 0.10,
		Overtake: Span{20 * time.Millisecond, 1500 * time.Millisecond},
		Batch:    5, Mix: true, Hold: Span{0, 40 * time.Millisecond},
		BadSignature: 0.01, NoSignature: 0.01, Unknown: 0.05, LargeBody: 0.001, MediaURL: 0.5, OddTimes: 0.02,
		Transient: 0.02, StatusFirst: 0.10,
		Sent:                 Span{0, 100 * time.Millisecond},
		Delivered:            Span{0, 300 * time.Millisecond},
		Read:                 Span{0, 300 * time.Millisecond},
		ReadWithoutDelivered: 0.05, FailAfterSent: 0.01, FailAfterDelivered: 0.01,
		EchoWithoutApp: 0.2, LostReferral: 0.05,
	}
}
