package import Engine
package import Lab
package import Linux
package import Netlink
package import Packets
package import Record
internal import Tracing
package import Worker

// The types of the engine that scenarios speak of, so that they import the vocabulary alone.

package typealias Call = Engine.Call
package typealias Citation = Record.Citation
package typealias Endpoint = Engine.Endpoint
package typealias Errno = Linux.Errno
package typealias MessageFlags = Worker.MessageFlags
package typealias HostName = LabHostName
package typealias PollEvents = LabPollEvents
package typealias RowKind = Engine.RowKind
package typealias Scenario = LabScenario
package typealias SegmentPattern = Packets.SegmentPattern
package typealias ShutdownDirection = ShutdownHow
package typealias Signal = Engine.Signal
package typealias Since = Engine.Since
package typealias SACKBlock = Packets.SACKBlock
package typealias SocketOption = Worker.SocketOption
package typealias SignalDisposition = Worker.SignalDisposition
package typealias SocketAddress = Linux.SocketAddress
package typealias TCPFlags = Packets.TCPFlags
package typealias TCPInfo = Netlink.TCPInfo
package typealias TCPSegment = Packets.TCPSegment
package typealias TCPState = Netlink.TCPState
package typealias Unreachable = Packets.Unreachable

/// A segment with all that is known of it, for scenarios that reckon with it.
package typealias CarriedSegment = LabSegment
/// A row of sock_diag.
package typealias DiagRow = Netlink.DiagRow
package typealias Lane = Record.Lane
package typealias Link = LabLink

extension Signal {
    package static let SIGSEGV = Signal(number: 11)
}
