internal import Acts
internal import SockDiag

// For scenarios that are not yet written in the vocabulary.

typealias Scenario = Acts.Scenario
typealias HostName = Acts.HostName
typealias WireSegment = Acts.WireSegment
typealias ShutdownHow = Acts.ShutdownHow
typealias PollEvents = Acts.PollEvents
typealias ScenarioStop = Acts.ScenarioStop
typealias TCPState = SockDiag.TCPState
typealias DiagRow = SockDiag.DiagRow
typealias TCPInfo = SockDiag.TCPInfo
typealias DiagTimer = SockDiag.DiagTimer
