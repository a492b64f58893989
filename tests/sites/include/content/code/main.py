def main():
    # region connect
    connect(
        "<host>",
    )
    # endregion
