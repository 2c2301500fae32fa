package realtime

// Close codes and the code that bye names with each. Those below 4000 are RFC 6455's.
const (
	closeNormal       = 1000
	closeGoingAway    = 1001
	closeUnsupported  = 1003
	closeInvalidUTF8  = 1007
	closeTooBig       = 1009
	closeInternal     = 1011
	closeTryAgain     = 1013
	closeToken        = 4001 // the token is bad or expired: get another
	closeForbidden    = 4003 // revoked: do not come back
	closeSlow         = 4008 // reads too slowly: come back and resume
	closeDraining     = 4012 // this node stops: come back, spread
	closeRate         = 4029 // too fast
	closeNoPong       = 4090
	closeUnauthorized = 4408 // no hello in time
)
