/// Something about a kernel or its guest that makes a run impossible, in one line.
package struct GuestError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
