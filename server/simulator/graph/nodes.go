package graph

import "strings"

// numberNode is GET /{phone}?fields=….
func (w *World) numberNode(c *call, l *line) (any, *failure) {
	return fields(c, w.number(l)), nil
}

func (w *World) number(l *line) object {
	level := "STANDARD"
	return object{
		"id": l.id, "display_phone_number": "+" + l.display, "verified_name": l.name, "quality_rating": l.quality,
		"code_verification_status": "VERIFIED", "platform_type": "CLOUD_API", "name_status": "APPROVED", "status": "CONNECTED",
		"account_mode": "LIVE", "throughput": object{"level": level}, "is_on_biz_app": l.coexistence,
		"messaging_limit_tier": l.tierName(), "whatsapp_business_manager_messaging_limit": l.tierName(),
	}
}

// lineNode is GET of a Page or an Instagram account.
func (w *World) lineNode(c *call, l *line) (any, *failure) {
	node := object{"id": l.id, "name": l.name, "username": l.username, "link": "https://www.facebook.com/" + l.id}
	if l.network == Instagram {
		node["user_id"], node["account_type"] = l.id, "BUSINESS"
		delete(node, "link")
	} else if on := w.instagramOf(l); on != nil {
		node["instagram_business_account"] = object{"id": on.id}
	}
	return fields(c, node), nil
}

// forgetContact is DELETE /{phone}/contact_book.
func (w *World) forgetContact(c *call, l *line) (any, *failure) {
	id := c.parameter("bsuid")
	if !bsuid.MatchString(id) {
		return nil, invalid("The parameter bsuid is not a business-scoped user ID.")
	}
	delete(l.account.contactBook, id)
	return object{"messaging_product": "whatsapp", "success": true, "deleted": true}, nil
}

// userProfile is GET of a PSID or an IGSID. The person must have written.
func (w *World) userProfile(c *call, l *line, p *person) (any, *failure) {
	if w.thread(p, l).lastInbound.IsZero() {
		return nil, fail(100, "").sub(2018218).titled("The requested user cannot be accessed by this Page.")
	}
	first, last, _ := strings.Cut(p.Name, " ")
	node := object{"id": p.scopedID(l), "name": p.Name, "first_name": first, "last_name": last}
	if p.Picture != "" {
		node["profile_pic"] = p.Picture
	}
	if l.network == Instagram {
		delete(node, "first_name")
		delete(node, "last_name")
		handle := p.Handle
		if handle == "" {
			handle = strings.ToLower(strings.ReplaceAll(p.Name, " ", "."))
		}
		node["username"], node["follower_count"], node["is_verified_user"] = handle, 120, false
		node["is_user_follow_business"], node["is_business_follow_user"] = true, false
	}
	return fields(c, node), nil
}

// instagramOf is the Instagram account that is linked with a Page.
func (w *World) instagramOf(page *line) *line {
	for _, id := range sortedKeys(w.lines) {
		if l := w.lines[id]; l.network == Instagram && l.page == page.id {
			return l
		}
	}
	return nil
}

// linkedInstagram tells whether a message to a Page's edge is for a person of
// its Instagram account: the ids are of one or the other.
func (w *World) linkedInstagram(page *line, body object) *line {
	on := w.instagramOf(page)
	if on == nil || w.byScopedID(on, text(child(body, "recipient"), "id")) == nil {
		return nil
	}
	return on
}

// behind are the lines that a line's token reads people of.
func (w *World) behind(l *line) []*line {
	if on := w.instagramOf(l); on != nil {
		return []*line{l, on}
	}
	return []*line{l}
}
