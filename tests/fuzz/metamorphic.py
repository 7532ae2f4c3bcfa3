PROPERTIES = {"none": None}


def differences(name, specimen):
    return []
