package chat

// Agent is a person of the merchant.
type Agent struct {
	ID        AgentID
	Merchant  MerchantID
	Email     string // lower case
	Name      string
	Role      Role
	Language  string
	Active    bool
	CreatedAt Millis
}

// AgentBrief is what others see of an agent.
type AgentBrief struct {
	ID   AgentID `json:"id"`
	Name string  `json:"name,omitempty"`
}

// Brief gives the agent's short form.
func (a Agent) Brief() AgentBrief { return AgentBrief{ID: a.ID, Name: a.Name} }

// AgentSession is a signed-in agent. Only the hash of its cookie is kept.
type AgentSession struct {
	Hash      [32]byte
	Agent     AgentID
	Merchant  MerchantID
	CreatedAt Millis
	SeenAt    Millis
	ExpiresAt Millis
}

// Invitation lets a person become an agent. It works once.
type Invitation struct {
	ID        InvitationID
	Merchant  MerchantID
	Email     string
	Role      Role
	InvitedBy AgentID
	Hash      [32]byte
	CreatedAt Millis
	ExpiresAt Millis
	UsedAt    Millis
}

// PasswordReset lets an agent choose a new password. It works once.
type PasswordReset struct {
	Hash      [32]byte
	Agent     AgentID
	Merchant  MerchantID
	ExpiresAt Millis
}
