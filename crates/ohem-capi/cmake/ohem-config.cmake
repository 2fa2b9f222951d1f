# find_package(ohem) gives the target ohem::ohem, the static library, and ohem::shared where there is one.
get_filename_component(_ohem_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET ohem::ohem)
    add_library(ohem::ohem STATIC IMPORTED)
    set_target_properties(ohem::ohem PROPERTIES
        IMPORTED_LOCATION "${_ohem_prefix}/lib/libohem.a"
        INTERFACE_INCLUDE_DIRECTORIES "${_ohem_prefix}/include")
endif()

if(NOT TARGET ohem::shared AND EXISTS "${_ohem_prefix}/lib/libohem.so")
    add_library(ohem::shared SHARED IMPORTED)
    set_target_properties(ohem::shared PROPERTIES
        IMPORTED_LOCATION "${_ohem_prefix}/lib/libohem.so"
        INTERFACE_INCLUDE_DIRECTORIES "${_ohem_prefix}/include")
endif()

unset(_ohem_prefix)
