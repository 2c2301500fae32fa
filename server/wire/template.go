package wire

import (
	"strconv"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Template gives a template as agents and plugins see it.
func Template(t chat.Template) openapi.Template {
	o := openapi.Template{
		ID: string(t.ID), Account: string(t.Account), Name: t.Name, Language: t.Language, Category: openapi.TemplateCategory(t.Category),
		Was: openapi.TemplateCategory(t.Was), Status: openapi.TemplateStatus(t.Status), Reason: t.Reason, Body: templatePart(t.Body),
		Footer: t.Footer, SyncedAt: int64(t.SyncedAt),
		Buttons: append([]openapi.TemplateButton{}, convert(t.Buttons, func(b chat.TemplateButton) openapi.TemplateButton {
			return openapi.TemplateButton{Kind: b.Kind, Text: b.Text, URL: b.URL, Params: b.Params}
		})...),
	}
	if t.Header != nil {
		header := templatePart(*t.Header)
		o.Header = &header
	}
	return o
}

func templatePart(p chat.TemplatePart) openapi.TemplatePart {
	if p.Format == "" {
		p.Format = "text"
	}
	return openapi.TemplatePart{Format: openapi.TemplateFormat(p.Format), Text: p.Text, Params: p.Params, Named: p.Named}
}

// templateRef names the template that a message went out as. What stood in its places is in the message's text.
func templateRef(u *chat.TemplateUse) *openapi.TemplateRef {
	if u == nil {
		return nil
	}
	return &openapi.TemplateRef{
		ID: string(u.Template), Name: u.Name, Language: u.Language, Category: openapi.TemplateCategory(u.Category),
	}
}

// templateUse takes the template that a draft is to go out as, and what is to stand in its places.
func templateUse(u *openapi.TemplateUse) (*chat.TemplateUse, error) {
	if u == nil {
		return nil, nil
	}
	if !chat.ValidID(chat.PrefixTemplate, u.ID) {
		return nil, invalid("message.template.id", "is no id of a template")
	}
	out := &chat.TemplateUse{Template: chat.TemplateID(u.ID), Header: u.Header, Body: u.Body}
	for key, value := range u.Buttons {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i > 9 || strconv.Itoa(i) != key {
			return nil, invalid("message.template.buttons", "must be named by their index from 0")
		}
		if out.Buttons == nil {
			out.Buttons = map[int]string{}
		}
		out.Buttons[i] = value
	}
	return out, nil
}
