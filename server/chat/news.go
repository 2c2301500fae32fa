package chat

import "context"

// takeTemplateNews takes in that a provider has approved, paused, re-classed … a template. News come in any order, and the provider
// has the truth: what they say is written, and a changed text is fetched again.
func (s *Service) takeTemplateNews(ctx context.Context, app ProviderApp, in Inbound) error {
	if in.Template == nil {
		return &noEffect{"it is about no template"}
	}
	accounts, err := s.accountsOf(ctx, app, in)
	if err != nil {
		return err
	}
	found := false
	for _, acct := range accounts {
		all, err := s.store.Templates(ctx, acct.ID)
		if err != nil {
			return err
		}
		for _, t := range all {
			if !in.Template.names(t) {
				continue
			}
			found = true
			if err := s.store.UpdateTemplate(ctx, t.heed(*in.Template)); err != nil {
				return err
			}
		}
		if in.Template.Resync || !found {
			if err := s.syncTemplates(ctx, acct, app); err != nil {
				return err
			}
		}
		if err := s.resumeFor(ctx, acct.ID, WhyTemplateRefused, WhyTemplateCategory); err != nil {
			return err
		}
	}
	return nil
}

func (n InboundTemplating) names(t Template) bool {
	if n.ExternalID != "" && t.ExternalID != "" {
		return n.ExternalID == t.ExternalID
	}
	return n.Name == t.Name && (n.Language == "" || n.Language == t.Language)
}

// heed gives the template as news have it.
func (t Template) heed(n InboundTemplating) Template {
	if n.Status != "" {
		t.Status, t.Reason = n.Status, clip(n.Reason, 300)
	}
	if n.Category != "" && n.Category != t.Category {
		if t.Was == "" {
			t.Was = t.Category
		}
		t.Category = n.Category
	}
	return t
}

// takeAccountNews takes in what a provider says of an account itself: when it stops it, nothing is sent until it is mended.
func (s *Service) takeAccountNews(ctx context.Context, app ProviderApp, in Inbound) error {
	if in.News == nil || !in.News.Stops && !in.News.Mends {
		return &noEffect{"news without effect"}
	}
	accounts, err := s.accountsOf(ctx, app, in)
	if err != nil {
		return err
	}
	for _, acct := range accounts {
		switch {
		case acct.State == AccountOff:
			continue
		case in.News.Stops:
			acct.State, acct.Problem, acct.Detail = AccountAttention, in.News.Code, clip(in.News.Detail, 300)
		default:
			acct.State, acct.Problem, acct.Detail = AccountActive, "", ""
		}
		if err := s.store.UpdateAccount(ctx, acct); err != nil {
			return err
		}
		if acct.State == AccountActive {
			if err := s.resumeAccount(ctx, acct); err != nil {
				return err
			}
		}
	}
	return nil
}

// accountsOf finds the accounts that an item is about: one by its id, or all of a business account.
func (s *Service) accountsOf(ctx context.Context, app ProviderApp, in Inbound) ([]Account, error) {
	if in.Account != "" {
		acct, err := s.store.AccountByExternal(ctx, app.ID, in.Channel, in.Account)
		if err == nil {
			return []Account{acct}, nil
		}
		if !isNotFound(err) {
			return nil, err
		}
	}
	if in.Business != "" {
		all, err := s.store.AccountsByBusiness(ctx, app.ID, in.Business)
		if err != nil || len(all) > 0 {
			return all, err
		}
	}
	return nil, &noEffect{"no such account is connected"}
}
