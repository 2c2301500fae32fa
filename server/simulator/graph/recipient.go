package graph

import (
	"regexp"
	"strings"
)

// recipient is whom a WhatsApp message is for.
type recipient struct {
	input  string
	waID   string // empty when it went to a BSUID
	userID string
	person *person // nil: the number is nobody's here
}

// bsuid is the form of a business-scoped user id.
var bsuid = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`)

// recipientOf reads "to" and "recipient". A phone number wins over a BSUID when
// both are there.
func (w *World) recipientOf(l *line, body object) (recipient, *failure) {
	to, user := text(body, "to"), text(body, "recipient")
	switch {
	case to == "" && user == "":
		return recipient{}, missing("to")
	case to != "":
		return w.toPhone(l, to)
	case !bsuid.MatchString(user):
		return recipient{}, invalid("The parameter recipient is not a business-scoped user ID.")
	}
	p := w.byUserID(user)
	if p == nil {
		return recipient{}, invalid("The business-scoped user ID does not belong to this business portfolio.")
	}
	return recipient{input: user, userID: user, person: p}, nil
}

func (w *World) toPhone(l *line, to string) (recipient, *failure) {
	if bsuid.MatchString(to) {
		return recipient{}, invalid("The parameter to is not a phone number. Use recipient for a business-scoped user ID.")
	}
	waID := digits(to)
	if strings.Trim(to, "+0123456789-() .") != "" || len(waID) < 5 || len(waID) > 20 {
		return recipient{}, invalid("The parameter to is not a phone number.")
	}
	// Without a plus sign, Meta puts the business's own country code before a
	// number that does not begin with it, and so may reach a stranger.
	if !strings.HasPrefix(strings.TrimSpace(to), "+") {
		if own := callingCode(l.display); !strings.HasPrefix(waID, own) {
			waID = own + strings.TrimLeft(waID, "0")
		}
	}
	if waID == l.display {
		return recipient{}, fail(131021, "Recipient phone number cannot be the sender phone number.")
	}
	return recipient{input: to, waID: waID, person: w.byPhone(waID)}, nil
}

// contact is the recipient as the answer names it.
func (r recipient) contact() object {
	if r.userID != "" {
		return object{"input": r.input, "user_id": r.userID}
	}
	return object{"input": r.input, "wa_id": r.waID}
}
