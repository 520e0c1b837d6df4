package import Acts
package import Linux
package import SockDiag
package import Packets
package import Record
internal import Tracing
package import Worker

// The types of the engine that scenarios speak of, so that they import the vocabulary alone.

package typealias Call = Acts.Call
package typealias CallResult = Acts.CallResult
package typealias Citation = Record.Citation
package typealias Endpoint = Acts.Endpoint
package typealias Errno = Linux.Errno
package typealias MessageFlags = Worker.MessageFlags
package typealias HostName = Acts.HostName
package typealias PollEvents = Acts.PollEvents
package typealias RowKind = SockDiag.RowKind
package typealias Scenario = Acts.Scenario
package typealias SegmentPattern = Packets.SegmentPattern
package typealias ShutdownDirection = Acts.ShutdownHow
package typealias Signal = Acts.Signal
package typealias Since = Acts.Since
package typealias SACKBlock = Packets.SACKBlock
package typealias SocketOption = Worker.SocketOption
package typealias SignalDisposition = Worker.SignalDisposition
package typealias SocketAddress = Linux.SocketAddress
package typealias TCPFlags = Packets.TCPFlags
package typealias TCPInfo = SockDiag.TCPInfo
package typealias TCPSegment = Packets.TCPSegment
package typealias TCPState = SockDiag.TCPState
package typealias Unreachable = Packets.Unreachable

/// A segment with all that is known of it, for scenarios that reckon with it.
package typealias CarriedSegment = Acts.WireSegment
/// A row of sock_diag.
package typealias DiagRow = SockDiag.DiagRow
package typealias Lane = Record.Lane
package typealias Link = Acts.Link

extension Signal {
    package static let SIGSEGV = Signal(number: 11)
}
